using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Rollouts;
using Fleet.Server.Reconcile;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Tests.Rollouts;

public sealed class RolloutApiTests(TestFleet fleet) : IClassFixture<TestFleet>
{
    private static readonly WaveSpec[] TwoWaves = [new(50, PauseAfter: true), new(100)];

    [Fact]
    public async Task Create_TwoWaves_PauseHoldsTheSecondUntilResumed()
    {
        (HostId[] hosts, RolloutView rollout) = await BeginAsync("waves", 4);
        await fleet.WaitAsync(rollout.Id, view => States(view) == "assigned,assigned|pending,pending");
        await WaitFor.TrueAsync(() => hosts.Select(host => fleet.Host(host).Desired.Count).SequenceEqual([1, 1, 0, 0])); // Memory follows the commit.

        await fleet.ReportAsync(hosts[0]);
        await fleet.ReportAsync(hosts[1]);
        await fleet.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Paused);
        Assert.Equal("applied,applied|pending,pending", States(await fleet.RolloutAsync(rollout.Id)));
        Assert.Empty((await fleet.AssignmentAsync(hosts[2])).Policies);

        await fleet.SendAsync<RolloutView>(HttpMethod.Post, $"rollouts/{rollout.Id}:resume");
        await fleet.WaitAsync(rollout.Id, view => States(view) == "applied,applied|assigned,assigned");
        await fleet.ReportAsync(hosts[2]);
        await fleet.ReportAsync(hosts[3]);
        await fleet.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Done);
        Assert.Equal(1, (await fleet.RolloutAsync(rollout.Id)).Waves[1].Hosts[0].Reported);
    }

    [Fact]
    public async Task Restart_InMidRollout_GoesOnWhereItWas()
    {
        await using TestFleet own = new();
        await own.InitializeAsync();
        HostId[] hosts = [await own.AddHostAsync("restart-1"), await own.AddHostAsync("restart-2")];
        await own.PutPolicyAsync("restart", "name:restart-*");
        RolloutView rollout = await own.StartRolloutAsync("restart", new WaveSpec(50), new WaveSpec(100));
        await own.WaitAsync(rollout.Id, view => States(view) == "assigned|pending");
        Assignment before = await own.AssignmentAsync(hosts[0]);

        await own.RestartAsync();
        Assert.Equal(before.Generation, (await own.AssignmentAsync(hosts[0])).Generation);
        await own.ReportAsync(hosts[0]);
        await own.WaitAsync(rollout.Id, view => States(view) == "applied|assigned");
        await own.RestartAsync();
        await own.ReportAsync(hosts[1]);

        await own.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Done);
    }

    [Fact]
    public async Task Report_Rejection_PausesAndNamesTheHost()
    {
        (HostId[] hosts, RolloutView rollout) = await BeginAsync("reject", 2);
        await fleet.WaitAsync(rollout.Id, view => States(view) == "assigned|pending");

        await fleet.ReportAsync(hosts[0], "the capability 'x' is unknown");

        await fleet.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Paused && States(view) == "failed|pending");
        Assert.Contains("reject-1", (await fleet.RolloutAsync(rollout.Id)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_JoinsLater_IsServedByTheLastWave()
    {
        (HostId[] hosts, RolloutView rollout) = await BeginAsync("late", 1);
        HostId late = await fleet.AddHostAsync("late-9");
        await fleet.WaitAsync(rollout.Id, view => States(view) == "assigned|pending");

        await fleet.ReportAsync(hosts[0]);
        await fleet.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Paused);
        await fleet.SendAsync<RolloutView>(HttpMethod.Post, $"rollouts/{rollout.Id}:resume");
        await fleet.WaitAsync(rollout.Id, view => States(view) == "applied|assigned");

        Assert.Single((await fleet.AssignmentAsync(late)).Policies);
    }

    [Fact]
    public async Task Create_AnotherOfThePolicy_SupersedesTheFirst()
    {
        (HostId[] hosts, RolloutView first) = await BeginAsync("again", 2);
        await fleet.WaitAsync(first.Id, view => States(view) == "assigned|pending");
        long generation = fleet.Host(hosts[0]).Generation;
        await fleet.PutPolicyAsync("again", "name:again-*");

        RolloutView second = await fleet.StartRolloutAsync("again", new WaveSpec(100));

        Assert.Equal(RolloutPhase.Superseded, (await fleet.RolloutAsync(first.Id)).Phase);
        await fleet.WaitAsync(second.Id, view => States(view) == "assigned,assigned");
        Assignment assignment = await fleet.AssignmentAsync(hosts[0]);
        Assert.Equal((2, true), (assignment.Policies[0].Revision, assignment.Generation > generation));
    }

    [Fact]
    public async Task Act_InTheWrongPhase_IsRefusedWithWhatIsPossible()
    {
        (_, RolloutView rollout) = await BeginAsync("verbs", 2);

        HttpResponseMessage resume = await fleet.Api.PostAsync($"rollouts/{rollout.Id}:resume", null, TestContext.Current.CancellationToken);
        string detail = (await TestFleet.ProblemAsync(resume, HttpStatusCode.Conflict, ErrorCodes.Conflict)).GetProperty("detail").GetString()!;
        Assert.Contains("possible now: pause, abort", detail, StringComparison.Ordinal);

        await fleet.SendAsync<RolloutView>(HttpMethod.Post, $"rollouts/{rollout.Id}:abort");
        HttpResponseMessage pause = await fleet.Api.PostAsync($"rollouts/{rollout.Id}:pause", null, TestContext.Current.CancellationToken);
        await TestFleet.ProblemAsync(pause, HttpStatusCode.Conflict, ErrorCodes.Conflict);
    }

    [Fact]
    public async Task Create_WrongWavesAndNoPolicy_NamesEachError()
    {
        HttpResponseMessage response = await fleet.Api.PostAsJsonAsync(
            "rollouts", new CreateRollout { Policy = "nobody", Waves = [new(60), new(50)] }, FleetJson.Options, TestContext.Current.CancellationToken);

        string[] paths = [.. (await TestFleet.ProblemAsync(response, HttpStatusCode.BadRequest, ErrorCodes.Invalid))
            .GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("path").GetString()!)];
        Assert.Equal(["waves[1].percent", "waves[1].percent", "policy"], paths);
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_BeginsOneRollout()
    {
        await fleet.PutPolicyAsync("once", "name:once-*");
        CreateRollout request = new() { Policy = "once", Waves = [new(100)] };

        HttpResponseMessage[] answers = [await CreateAsync(request, "key-1"), await CreateAsync(request, "key-1")];
        HttpResponseMessage other = await CreateAsync(request with { Paused = true }, "key-1");

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(answers[0].Headers.Location, answers[1].Headers.Location);
        await TestFleet.ProblemAsync(other, HttpStatusCode.Conflict, ErrorCodes.Conflict);
    }

    [Fact]
    public async Task Create_DryRun_ShowsTheWavesAndBeginsNothing()
    {
        await fleet.PutPolicyAsync("dry", "name:dry-*");
        await fleet.AddHostAsync("dry-1");

        PlanView<RolloutView> plan = await fleet.SendAsync<PlanView<RolloutView>>(
            HttpMethod.Post, "rollouts?dryRun=true", new CreateRollout { Policy = "dry", Waves = TwoWaves });

        Assert.Equal(("create", "pending|"), (plan.Action, States(plan.After!)));
        Assert.Empty((await fleet.SendAsync<Page<RolloutView>>(HttpMethod.Get, "rollouts?q=policy:dry")).Items);
    }

    [Fact]
    public async Task List_Rollouts_NewestFirst()
    {
        await fleet.PutPolicyAsync("order", "name:order-*");
        RolloutView first = await fleet.StartRolloutAsync("order", new WaveSpec(100));
        RolloutView second = await fleet.StartRolloutAsync("order", new WaveSpec(100));

        Page<RolloutView> page = await fleet.SendAsync<Page<RolloutView>>(HttpMethod.Get, "rollouts?q=policy:order");

        Assert.Equal([second.Id, first.Id], page.Items.Select(item => item.Id));
    }

    [Fact]
    public async Task List_InPages_ShowsEachOnceAlsoWhileNewOnesCome()
    {
        const int Many = 70; // More than the server has in memory at a time.
        await fleet.PutPolicyAsync("paged", "name:paged-*");
        List<string> started = [];
        for (int i = 0; i < Many; i++)
        {
            started.Insert(0, (await fleet.StartRolloutAsync("paged", new WaveSpec(100))).Id);
        }

        List<string> seen = [];
        string? cursor = null;
        do
        {
            Page<RolloutView> page = await fleet.SendAsync<Page<RolloutView>>(HttpMethod.Get, $"rollouts?q=policy:paged&limit=30&cursor={cursor}");
            seen.AddRange(page.Items.Select(item => item.Id));
            cursor = page.Next;
            await fleet.StartRolloutAsync("paged", new WaveSpec(100));
        }
        while (cursor is not null);

        Assert.Equal(started, seen);
    }

    [Fact]
    public async Task List_Total_IsCountedWithoutAFilterAndWhereOnePageHoldsAll()
    {
        await fleet.PutPolicyAsync("total", "name:total-*");
        await fleet.StartRolloutAsync("total", new WaveSpec(100));
        await fleet.StartRolloutAsync("total", new WaveSpec(100));

        Page<RolloutView> all = await fleet.SendAsync<Page<RolloutView>>(HttpMethod.Get, "rollouts?limit=1");
        Page<RolloutView> matching = await fleet.SendAsync<Page<RolloutView>>(HttpMethod.Get, "rollouts?q=policy:total");
        Page<RolloutView> first = await fleet.SendAsync<Page<RolloutView>>(HttpMethod.Get, "rollouts?q=policy:total&limit=1");

        Assert.True(all.Total >= 2 && all.Items.Count is 1, $"{all.Total}");
        Assert.Equal(2, matching.Total);
        Assert.Null(matching.Next);
        Assert.Null(first.Total);
        Assert.NotNull(first.Next);
    }

    [Fact]
    public async Task List_CursorOfAnotherList_IsRefused()
    {
        using HttpResponseMessage refused = await fleet.Api.GetAsync("rollouts?cursor=c29tZWJvZHk", TestContext.Current.CancellationToken);

        await TestFleet.ProblemAsync(refused, HttpStatusCode.BadRequest, ErrorCodes.Invalid);
    }

    [Fact]
    public async Task Metrics_Rollouts_ShowEveryPhase()
    {
        using HttpClient anonymous = new() { BaseAddress = fleet.Api.BaseAddress };
        string text = "";
        await WaitFor.TrueAsync( // The reconciler counts them.
            async () => (text = await anonymous.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Contains("pcifleet_rollouts{", StringComparison.Ordinal));

        Assert.Contains("phase=\"superseded\"", text, StringComparison.Ordinal);
        Assert.Contains("state=\"silent\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_PausedRollout_SaySinceWhenItStands()
    {
        (HostId[] hosts, RolloutView rollout) = await BeginAsync("standing", 2);
        await fleet.WaitAsync(rollout.Id, view => States(view) == "assigned|pending");
        await fleet.ReportAsync(hosts[0]);
        await fleet.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Paused);
        RolloutView paused = await fleet.RolloutAsync(rollout.Id);

        using HttpClient anonymous = new() { BaseAddress = fleet.Api.BaseAddress };
        double since = double.NaN;
        await WaitFor.TrueAsync(
            async () => Regex.Match(await anonymous.GetStringAsync("/metrics", TestContext.Current.CancellationToken), """standing_since_timestamp_seconds\{[^}]*phase="paused"[^}]*\} (\S+)""") is { Success: true } match
                && double.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out since),
            what: "the reconciler has counted the paused rollout");
        Assert.True(since > 0 && since <= paused.Changed.ToUnixTimeMilliseconds() / 1000.0, $"{since} is not before {paused.Changed:O}");
    }

    [Fact]
    public void Due_RunningWave_IsAfterItsDeadlineAndItsBakeTime()
    {
        DateTimeOffset changed = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        string waves = RolloutRecords.WavesJson([new WaveSpec(50, BakeSeconds: 600), new WaveSpec(100)]);

        Assert.Equal(changed + RolloutPlanner.Deadline + TimeSpan.FromMinutes(10), RolloutCounts.Due(changed, waves, wave: 0));
        Assert.Equal(changed + RolloutPlanner.Deadline, RolloutCounts.Due(changed, waves, wave: 1));
        Assert.Equal(changed + RolloutPlanner.Deadline, RolloutCounts.Due(changed, waves, wave: 2));
    }

    [Fact]
    public async Task Model_HasNoChangeWithoutAMigration()
    {
        await using FleetDb db = await fleet.DatabaseAsync();

        Assert.False(db.Database.HasPendingModelChanges());
    }

    private static string States(RolloutView view) =>
        string.Join('|', view.Waves.Select(wave => string.Join(',', wave.Hosts.Select(host => host.State))));

    private async Task<(HostId[] Hosts, RolloutView Rollout)> BeginAsync(string name, int hosts)
    {
        HostId[] ids = new HostId[hosts];
        for (int i = 0; i < hosts; i++)
        {
            ids[i] = await fleet.AddHostAsync($"{name}-{i + 1}");
        }

        await fleet.PutPolicyAsync(name, $"name:{name}-*");
        return (ids, await fleet.StartRolloutAsync(name, TwoWaves));
    }

    private async Task<HttpResponseMessage> CreateAsync(CreateRollout request, string key)
    {
        using HttpRequestMessage message = new(HttpMethod.Post, "rollouts") { Content = JsonContent.Create(request, options: FleetJson.Options) };
        message.Headers.Add("Idempotency-Key", key);
        return await fleet.Api.SendAsync(message, TestContext.Current.CancellationToken);
    }
}
