using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Live.Cell;
using Fleet.Server.Reconcile;
using Fleet.Server.Tests.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Rollouts;

/// <summary>Rollouts that are done cost nothing until a host gives cause, and still serve every host that does.</summary>
public sealed class SettledRolloutTests : IAsyncLifetime
{
    private const int Policies = 200;
    private const int EachTimes = 50;
    private readonly Questions _asked = new();
    private readonly TestFleet _fleet;

    public SettledRolloutTests() => _fleet = new TestFleet { Adjust = _asked.Listen };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fleet.InitializeAsync();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task LookAsync_TenThousandAreDone_AsksNothingOfThem()
    {
        const int Looks = 20;
        await PutDoneAsync();
        RolloutWatch watch = await WatchAsync();
        await watch.LookAsync(Ct); // Begins its term.
        HostId host = await _fleet.AddHostAsync("heard");
        await watch.LookAsync(Ct);
        _asked.Forget();

        for (int look = 0; look < Looks; look++)
        {
            await _fleet.ReportAsync(host); // Says what it said before.
            await watch.LookAsync(Ct);
        }

        // The server's own reconciler looks as well.
        (int commands, int rows) = _asked.Of("rollouts", "rollout_targets");
        Assert.InRange(commands, Looks, Looks * 6);
        Assert.InRange(rows, 0, Looks);
    }

    [Fact]
    public async Task LookAsync_OneOfThemConcernsAHost_IsLookedAtAndNoOther()
    {
        await PutDoneAsync();
        RolloutWatch watch = await WatchAsync();
        await watch.LookAsync(Ct);
        _asked.Forget();

        HostId host = await _fleet.AddHostAsync("named-7");
        await watch.LookAsync(Ct);

        await using FleetDb db = await _fleet.DatabaseAsync();
        Assert.Contains("\"done-7\":1", (await db.Hosts.AsNoTracking().SingleAsync(row => row.Id == host, Ct)).Desired);
        Assert.InRange(_asked.Of("rollout_targets").Rows, 1, 100);
    }

    [Fact]
    public async Task Host_JoinsAfterTheEnd_IsServedAndItsReportNotedHoweverLongAfter()
    {
        HostId first = await _fleet.AddHostAsync("after-1");
        await _fleet.PutPolicyAsync("after", "name:after-*");
        RolloutView rollout = await _fleet.StartRolloutAsync("after", new WaveSpec(100));
        await _fleet.WaitAsync(rollout.Id, view => view.Waves[0].Hosts is [{ State: "assigned" }]);
        await _fleet.ReportAsync(first);
        await _fleet.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Done);

        HostId later = await _fleet.AddHostAsync("after-2");
        await _fleet.WaitAsync(rollout.Id, view => view.Waves[0].Hosts is [_, { State: "assigned" }]);
        await _fleet.ReportAsync(later);
        await _fleet.WaitAsync(rollout.Id, view => view.Waves[0].Hosts is [_, { State: "applied" }]);

        // A newer one that is given up leaves the one before in force.
        await _fleet.PutPolicyAsync("after", "name:after-*");
        RolloutView givenUp = await _fleet.StartRolloutAsync("after", new WaveSpec(1, PauseAfter: true), new WaveSpec(100));
        await _fleet.SendAsync<RolloutView>(HttpMethod.Post, $"rollouts/{givenUp.Id}:abort");
        await _fleet.AddHostAsync("after-3");
        await _fleet.WaitAsync(rollout.Id, view => view.Waves[0].Hosts is [_, _, { State: "assigned" }]);
    }

    [Fact]
    public async Task Host_IsLabelledAfterTheEnd_IsServed()
    {
        HostId host = await _fleet.AddHostAsync("labelled");
        await _fleet.PutPolicyAsync("labels", "label:tier=edge");
        RolloutView rollout = await _fleet.StartRolloutAsync("labels", new WaveSpec(100));
        await _fleet.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Done);

        HttpResponseMessage shown = await _fleet.Api.GetAsync($"hosts/{host}", Ct);
        using HttpRequestMessage label = new(HttpMethod.Patch, $"hosts/{host}") { Content = JsonContent.Create(new { labels = new { tier = "edge" } }) };
        label.Headers.IfMatch.Add(shown.Headers.ETag!);
        (await _fleet.Api.SendAsync(label, Ct)).EnsureSuccessStatusCode();

        await _fleet.WaitAsync(rollout.Id, view => view.Waves[0].Hosts is [{ State: "assigned" }]);
    }

    private async Task<RolloutWatch> WatchAsync()
    {
        LeaderTerm term = await _fleet.Services.GetRequiredService<ILeadership>().WaitAsync(Ct);
        return ActivatorUtilities.CreateInstance<RolloutReconciler>(_fleet.Services).Watch(term);
    }

    private async Task PutDoneAsync()
    {
        await using FleetDb db = await _fleet.DatabaseAsync();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        for (int i = 0; i < Policies; i++)
        {
            string name = $"done-{i}";
            db.Policies.Add(new PolicyRow { Name = name, Latest = 1 });
            db.PolicyRevisions.Add(Revision(name, $"name:named-{i}", now));
            for (int time = 0; time < EachTimes; time++)
            {
                db.Rollouts.Add(new RolloutRow
                {
                    Id = $"{name}-{time}",
                    Policy = name,
                    Revision = 1,
                    Phase = RolloutPhase.Done,
                    Waves = RolloutRecords.WavesJson([new WaveSpec(100)]),
                    Wave = 1,
                    Author = "test",
                    Created = now,
                    Changed = now,
                });
            }
        }

        await db.SaveChangesAsync(Ct);
    }

    private static PolicyRevisionRow Revision(string policy, string hosts, DateTimeOffset now) => new()
    {
        Policy = policy,
        Number = 1,
        Hosts = hosts,
        Document = "",
        Compiled = "{}",
        Functions = "",
        Author = "test",
        Created = now,
    };
}
