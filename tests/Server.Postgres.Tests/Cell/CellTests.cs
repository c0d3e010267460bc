using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell.Postgres;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Cell;

/// <summary>What is done at one server and seen at another.</summary>
public sealed class CellTests(TestCell cell) : IClassFixture<TestCell>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_ThatJoinsAtOneServer_IsLiveAtTheOther()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "joined-at-a");
        await agent.ConnectAsync();
        await agent.ReportFunctionsAsync("hash-1", "0000:01:00.0");

        await WaitFor.TrueAsync(() => TestCell.Knows(cell.B, agent.Id));
        await WaitFor.TrueAsync(async () => await TestCell.HostAsync(cell.B, agent.Id) is { State: "live", Functions: 1 });
        Assert.Equal("joined-at-a", (await TestCell.HostAsync(cell.B, agent.Id)).Name);
    }

    [Fact]
    public async Task Host_ThatJoinedAMomentAgo_ConnectsToTheOtherServerAtOnce()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "moves-at-once");
        agent.At = cell.B;
        HelloReply reply = await agent.ConnectAsync();
        Assert.Null(reply.Refused);
        await WaitFor.TrueAsync(async () => (await TestCell.HostAsync(cell.A, agent.Id)).State is "live");
    }

    [Fact]
    public async Task Label_SetAtOneServer_IsReadAndCheckedAtTheOther()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "labelled");
        await WaitFor.TrueAsync(() => TestCell.Knows(cell.B, agent.Id));
        Assert.Equal(HttpStatusCode.OK, await LabelAsync(cell.B, agent.Id, "1", "rack", "r1"));

        await WaitFor.TrueAsync(async () => (await TestCell.HostAsync(cell.A, agent.Id)).Labels.GetValueOrDefault("rack") is "r1");
        Assert.Equal(HttpStatusCode.PreconditionFailed, await LabelAsync(cell.A, agent.Id, "1", "rack", "r2"));
        Assert.Equal(HttpStatusCode.OK, await LabelAsync(cell.A, agent.Id, "2", "rack", "r3"));
        await WaitFor.TrueAsync(async () => (await TestCell.HostAsync(cell.B, agent.Id)).Labels.GetValueOrDefault("rack") is "r3");
    }

    [Fact]
    public async Task Rollout_StartedAtOneServer_NudgesTheAgentAtTheOther()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "rolled-out");
        TaskCompletionSource<string> nudged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await agent.ConnectAsync(prepare: hub => hub.On<string>(nameof(IAgentClient.AssignmentChanged), tag => nudged.TrySetResult(tag)));
        await WaitFor.TrueAsync(() => TestCell.Knows(cell.B, agent.Id));
        using HttpClient admin = cell.B.Admin();
        string yaml = Rollouts.TestFleet.Yaml("nudge", "name:rolled-out");
        (await admin.PutAsync("/api/v1/policies/nudge", new StringContent(yaml, System.Text.Encoding.UTF8, "text/yaml"), Ct)).EnsureSuccessStatusCode();
        (await admin.PostAsJsonAsync("/api/v1/rollouts", new CreateRollout { Policy = "nudge", Waves = [new WaveSpec(100)] }, FleetJson.Options, Ct)).EnsureSuccessStatusCode();

        string tag = await nudged.Task.WaitAsync(WaitFor.Patience, Ct);
        SignedAssignment? signed = await agent.Hub.InvokeAsync<SignedAssignment?>(nameof(IAgentHub.FetchAssignment), "", Ct);
        Assert.Equal(tag, signed!.Tag);
        Assert.Equal(cell.A.Services.GetRequiredService<IAssignments>().PublicKey, cell.B.Services.GetRequiredService<IAssignments>().PublicKey);

        Assignment assignment = JsonSerializer.Deserialize<Assignment>(Convert.FromBase64String(signed.Payload), FleetJson.Options)!;
        await agent.Hub.InvokeAsync(
            nameof(IAgentHub.ReportState),
            new StateReport(assignment.Generation, [new AppliedPolicy("nudge", 1, TimeProvider.System.GetUtcNow())], [], 0, null), Ct);
        await WaitFor.TrueAsync(async () => (await admin.GetStringAsync("/api/v1/rollouts?q=policy:nudge", Ct)).Contains("\"done\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ban_AtOneServer_CutsTheAgentAtTheOtherAndKeepsItOut()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "banned");
        await agent.ConnectAsync();
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        agent.Hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await WaitFor.TrueAsync(() => TestCell.Knows(cell.B, agent.Id));
        using HttpClient admin = cell.B.Admin();
        HttpRequestMessage ban = new(HttpMethod.Post, $"/api/v1/hosts/{agent.Id}:ban") { Content = JsonContent.Create(new { reason = "stolen" }) };
        ban.Headers.Add("If-Match", "\"1\"");
        FairClock clock = new();
        HttpResponseMessage answer = await admin.SendAsync(ban, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));

        await closed.Task.WaitAsync(WaitFor.Patience, Ct);
        Assert.True(clock.Keeps(TimeSpan.FromSeconds(5)), $"cut only after {clock.Elapsed}");
        await Assert.ThrowsAnyAsync<Exception>(() => agent.ConnectAsync());
        await WaitFor.TrueAsync(async () => (await TestCell.HostAsync(cell.A, agent.Id)).State is "banned");
    }

    [Fact]
    public async Task Copy_OfAHostThatIsConnectedAtTheOtherServer_TheNewestWins()
    {
        await using TestAgent original = await TestAgent.JoinedAsync(cell.A, "moved-across");
        await original.ConnectAsync(boot: "first");
        await WaitFor.TrueAsync(() => TestCell.Knows(cell.B, original.Id));
        await using TestAgent copy = original.CloneOf(cell.B);

        Assert.Null((await copy.ConnectAsync(boot: "second")).Refused);

        await WaitFor.TrueAsync(() => original.Ended);
        Assert.False(copy.Ended);
        Assert.Null((await TestCell.HostAsync(cell.A, original.Id)).ConnectedTwice);
    }

    [Fact]
    public async Task Copies_ThatTakeTurnsAtTwoServers_AreFoundAndShownAtBoth()
    {
        await using TestAgent original = await TestAgent.JoinedAsync(cell.A, "turns-across");
        await original.ConnectAsync(boot: "first");
        await WaitFor.TrueAsync(() => TestCell.Knows(cell.B, original.Id));
        await using TestAgent copy = original.CloneOf(cell.B);
        await copy.ConnectAsync(boot: "second");
        await WaitFor.TrueAsync(() => original.Ended && cell.A.Services.GetRequiredService<HostPresence>().IsConnectedElsewhere(original.Id));

        HelloReply refused = await original.ConnectAsync(boot: "first");

        Assert.Contains("copy of the other's disk", refused.Refused);
        Assert.False(copy.Ended);
        foreach (TestServer server in new[] { cell.A, cell.B })
        {
            await WaitFor.TrueAsync(async () => (await TestCell.HostAsync(server, original.Id)).ConnectedTwice is not null);
        }

        // What is known in memory alone outlives a row that is read anew.
        Assert.Equal(HttpStatusCode.OK, await LabelAsync(cell.B, original.Id, "1", "rack", "r9"));
        await WaitFor.TrueAsync(async () => (await TestCell.HostAsync(cell.A, original.Id)).Labels.GetValueOrDefault("rack") is "r9");
        Assert.Contains("first", (await TestCell.HostAsync(cell.A, original.Id)).ConnectedTwiceNote);
    }

    [Fact]
    public async Task Attestation_AskedForAtOneServer_ReachesTheAgentAtTheOtherOnce()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "attested");
        System.Collections.Concurrent.ConcurrentDictionary<string, AttestationJob> jobs = new();
        await agent.ConnectAsync(prepare: hub => hub.On<AttestationJob>(nameof(IAgentClient.Attest), job => jobs.TryAdd(job.Id, job)));
        FunctionFacts facts = new()
        {
            Address = Pci.PciAddress.Parse("0000:01:00.0"),
            VendorId = "144d",
            DeviceId = "a80a",
            ClassCode = "010802",
            ConfigSize = 4096,
            Mailboxes = [new MailboxFacts { Offset = 0x150, Owner = "broker", OwnerReason = "free", State = "free", Features = ["0001:01"] }],
        };
        await agent.Hub.InvokeAsync(nameof(IAgentHub.ReportInventory), new InventoryReport("spdm", [facts]), Ct);
        await WaitFor.TrueAsync(async () => TestCell.Knows(cell.B, agent.Id) && await TestCell.HostAsync(cell.B, agent.Id) is { Functions: 1, State: "live" });

        // The schedule of the leader may be first: then both answer with the one that is under way.
        string path = $"/api/v1/functions/{new FunctionId(agent.Id, facts.Address)}:attest";
        using HttpClient atB = cell.B.Admin();
        using HttpClient atA = cell.A.Admin();
        HttpResponseMessage[] answers = await Task.WhenAll(atB.PostAsync(path, null, Ct), atA.PostAsync(path, null, Ct));
        string[] ids = [.. await Task.WhenAll(answers.Select(async answer => (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<AttestationStarted>(FleetJson.Options, Ct))!.Id))];
        Assert.Single(ids.Distinct());
        await WaitFor.TrueAsync(() => jobs.ContainsKey(ids[0]));
        Assert.Equal("1", await cell.SqlAsync($"SELECT count(*) FROM attestations WHERE \"Host\" = '{agent.Id}'"));
    }

    [Fact]
    public async Task Events_PushedToOneServer_StreamFromTheOtherOnceAndInOrder()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "streamed");
        await agent.ConnectAsync();
        using HttpClient admin = cell.B.Admin();
        await using Stream stream = await admin.GetStreamAsync("/api/v1/events/stream?q=host:streamed and kind:contention.access", Ct);
        using StreamReader reader = new(stream);
        Task pushing = Task.Run(
            async () =>
            {
                for (long sequence = 1; sequence <= 60; sequence += 3)
                {
                    FleetEvent[] events = [agent.Contention(sequence), agent.Contention(sequence + 1), agent.Contention(sequence + 2)];
                    await agent.PushAsync(events);
                    await agent.PushAsync(events); // An agent that did not hear the acknowledgement sends again.
                }
            },
            Ct);

        List<long> sequences = [];
        while (sequences.Count < 60 && await reader.ReadLineAsync(Ct).AsTask().WaitAsync(WaitFor.Patience, Ct) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line.Contains("\"sequence\"", StringComparison.Ordinal))
            {
                sequences.Add(JsonDocument.Parse(line["data:".Length..]).RootElement.GetProperty("sequence").GetInt64());
            }
        }

        await pushing;
        Assert.Equal(Enumerable.Range(1, 60).Select(number => (long)number), sequences);
    }

    [Fact]
    public async Task Agent_ThatMovesToTheOtherServer_IsToldHowFarItsEventsAre()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "moved");
        await agent.ConnectAsync();
        await agent.PushAsync(agent.Contention(1), agent.Contention(2));
        await agent.Hub.StopAsync(Ct);
        agent.At = cell.B;

        Assert.Equal(2, (await agent.ConnectAsync()).AcknowledgedSequence);
        await agent.PushAsync(agent.Contention(1), agent.Contention(2), agent.Contention(3));
        Assert.Equal("3", await cell.SqlAsync($"SELECT count(*) FROM events WHERE payload LIKE '%{agent.Id}%' AND payload LIKE '%contention.access%'"));
    }

    [Fact]
    public async Task JoinToken_RacedForAtBothServers_AdmitsOne()
    {
        string token = await TestAgent.TokenAsync(cell.A);
        TestAgent[] racers = [.. Enumerable.Range(0, 40).Select(number => new TestAgent(number % 2 is 0 ? cell.A : cell.B, $"racer-{number}"))];
        HttpResponseMessage[] answers = await Task.WhenAll(racers.Select(racer => racer.EnrollAsync(token)));
        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        foreach (TestAgent racer in racers)
        {
            await racer.DisposeAsync();
        }
    }

    [Fact]
    public async Task News_WhoseConnectionIsCut_AreMadeGoodByReadingAnew()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "unheard");
        await WaitFor.TrueAsync(() => TestCell.Knows(cell.B, agent.Id));

        // Whatever is said between the cut and the next LISTEN is said to nobody.
        await cell.SqlAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()");
        Assert.Equal(HttpStatusCode.OK, await LabelAsync(cell.A, agent.Id, "1", "said", "to-nobody"));

        await WaitFor.TrueAsync(async () => (await TestCell.HostAsync(cell.B, agent.Id)).Labels.GetValueOrDefault("said") is "to-nobody");
    }

    [Fact]
    public async Task Server_ThatTheOthersHadForgotten_IsKnownAgainWithWhatItHolds()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "still-there");
        await agent.ConnectAsync();
        await WaitFor.TrueAsync(async () => await cell.SqlAsync($"SELECT count(*) FROM host_connections WHERE \"Host\" = '{agent.Id}' AND \"Server\" IS NOT NULL") is "1");
        string id = cell.A.Services.GetRequiredService<Live.Cell.ServerRoster>().Me;

        await cell.SqlAsync($"UPDATE host_connections SET \"Server\" = NULL WHERE \"Server\" = '{id}'; DELETE FROM servers WHERE \"Id\" = '{id}'");

        await WaitFor.TrueAsync(async () => await cell.SqlAsync($"SELECT count(*) FROM host_connections WHERE \"Host\" = '{agent.Id}' AND \"Server\" = '{id}'") is "1");
        await WaitFor.TrueAsync(() => cell.B.Services.GetRequiredService<HostPresence>().IsConnected(agent.Id));
    }

    /// <summary>As when another server's row for it came late: an insert that was slow in a storm, and the "left" after it.</summary>
    [Fact]
    public async Task HostConnection_ThatTheDatabaseHasWrong_IsMadeGoodByTheServerThatHoldsIt()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(cell.A, "held-here");
        await agent.ConnectAsync();
        string id = cell.A.Services.GetRequiredService<Live.Cell.ServerRoster>().Me;
        string right = $"SELECT count(*) FROM host_connections WHERE \"Host\" = '{agent.Id}' AND \"Server\" = '{id}'";
        await WaitFor.TrueAsync(async () => await cell.SqlAsync(right) is "1");

        foreach (string wrong in new[] { "UPDATE host_connections SET \"Server\" = NULL", "UPDATE host_connections SET \"Server\" = 'long-gone'", "DELETE FROM host_connections" })
        {
            await cell.SqlAsync($"{wrong} WHERE \"Host\" = '{agent.Id}'");
            await cell.A.Services.GetRequiredService<NewsFollower>().CatchUpAsync(Ct); // Each server does so twice a minute.
            await WaitFor.TrueAsync(async () => await cell.SqlAsync(right) is "1");
        }

        await WaitFor.TrueAsync(() => cell.B.Services.GetRequiredService<HostPresence>().IsConnectedElsewhere(agent.Id));
    }

    private static async Task<HttpStatusCode> LabelAsync(TestServer server, HostId host, string version, string key, string value)
    {
        using HttpClient admin = server.Admin();
        HttpRequestMessage request = new(HttpMethod.Patch, $"/api/v1/hosts/{host}")
        {
            Content = JsonContent.Create(new PatchHost(new Dictionary<string, string?> { [key] = value }), options: FleetJson.Options),
        };
        request.Headers.Add("If-Match", $"\"{version}\"");
        return (await admin.SendAsync(request, Ct)).StatusCode;
    }
}
