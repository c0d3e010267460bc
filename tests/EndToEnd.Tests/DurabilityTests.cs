using System.Text.Json;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>What was acknowledged is stored, exactly once, whatever is killed.</summary>
public sealed class DurabilityTests
{
    private const int Kills = 20;
    private const int EventsAKill = 2_600;
    private const int Hosts = 4;

    // It ends when its events are on disk, which takes as long as the machine takes.
    private static readonly TimeSpan StormLimit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Server_KilledTwentyTimesInAStorm_StoresEveryAcknowledgedEventOnce()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("storm-server"));
        string data = Places.NewData("storm-sim");
        await using (Daemon simulator = StartSimulator(server, data, "--token", await server.TokenAsync(Hosts)))
        {
            await LiveAsync(simulator, server, data);
            for (int kill = 0; kill < Kills; kill++)
            {
                long before = EventStore.Count(server.Data);
                Task<Output> storm = Shell.RunAsync(StormLimit, Places.Simulator, "storm", "--data", data, "--events", $"{EventsAKill}");
                // In the middle of it: some of this storm is stored, some is on its way.
                await WaitFor.TrueAsync(() => EventStore.Count(server.Data) > before + 50, TimeSpan.FromSeconds(60), $"events arrive after kill {kill}");
                await server.KillAndStartAsync();
                (await storm).Succeeded();
            }

            await AcknowledgedAsync(simulator, data);
            Assert.Equal(0, await simulator.StopAsync());
        }

        // An agent that stops tells the counts of what it merged: those wait in its spool until it is back.
        Delivery stopped = Delivery.Read(data, server.Data);
        stopped.AssertComplete();
        Assert.True(stopped.Produced.Count >= 50_000, $"{stopped.Produced.Count} events were produced");
        Assert.True(stopped.Waiting.Count < 100, $"{stopped.Waiting.Count} events wait of a fleet that had none to send");

        await using (Daemon again = StartSimulator(server, data))
        {
            await LiveAsync(again, server, data);
            await AcknowledgedAsync(again, data);
            Assert.Equal(0, await again.StopAsync());
        }

        Delivery back = Delivery.Read(data, server.Data);
        back.AssertComplete();
        Assert.Empty(stopped.Waiting.Except(back.Stored));
    }

    [Fact]
    public async Task Server_RestoredFromAnOlderBackup_AnnouncesWhatAgentsForgotAndStoresNothingTwice()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("restore-server"));
        string data = Places.NewData("restore-sim");
        string backup = Path.Combine(Places.NewData("restore-backup"), "backup");
        string lost = Path.Combine(Places.NewData("restore-lost"), "data");
        await using Daemon simulator = StartSimulator(server, data, "--token", await server.TokenAsync(Hosts));
        await LiveAsync(simulator, server, data);
        await StormAsync(simulator, data);
        (await Shell.RunAsync(Places.Server, "backup", "--data", server.Data, "--to", backup)).Succeeded();
        await StormAsync(simulator, data);

        await server.KillAndStartAsync(async () =>
        {
            Directory.Move(server.Data, lost);
            (await Shell.RunAsync(Places.Server, "restore", "--from", backup, "--data", server.Data)).Succeeded();
        });
        await LiveAsync(simulator, server, data);
        await StormAsync(simulator, data);

        IReadOnlyList<EventKey> stored = EventStore.Keys(server.Data);
        IEnumerable<EventKey> forgotten = EventStore.Keys(lost).Where(key => key.Epoch > 0).Except(stored);
        Assert.Equal(stored.Distinct(), stored);
        Assert.NotEmpty(forgotten);
        Assert.Equal(
            forgotten.Count(),
            EventStore.Losses(server.Data).Select(json => JsonDocument.Parse(json).RootElement)
                .Where(loss => loss.GetProperty("detail").GetString()!.Contains("never arrived", StringComparison.Ordinal)).Sum(loss => loss.GetProperty("count").GetInt32()));
        (await Shell.RunAsync(Places.Server, "check", "--data", server.Data)).Succeeded();
    }

    [Fact]
    public async Task Agent_Killed_LeavesNothingThatHangsAndTheNextStartCleansUp()
    {
        Places.NeedMounts();
        Places.NeedProgram("lspci");
        string data = Places.NewData("agent-killed");
        string run = Directory.CreateTempSubdirectory("fleet-agent-").FullName;
        await using Daemon first = await StartAgentAsync(data, run);
        string mirror = Mirror(data);
        Assert.NotEmpty((await Shell.RunAsync("lspci", "-O", $"sysfs.path={mirror}")).Lines);

        await first.KillAsync();

        // A dead mirror answers, with an error; whoever waited for the agent would wait for ever.
        Output dead = await Shell.RunAsync("ls", Path.Combine(mirror, "devices"));
        Assert.NotEqual(0, dead.Status);
        Assert.Single(Mounts.Under(run));
        await using (Daemon second = await StartAgentAsync(data, run))
        {
            Assert.Single(Mounts.Under(run));
            Assert.NotEmpty((await Shell.RunAsync("lspci", "-O", $"sysfs.path={Mirror(data)}")).Succeeded());
        }

        Assert.Empty(Mounts.Under(run));
        Directory.Delete(run, recursive: true);
    }

    [Fact]
    public async Task Agent_SecondOnTheSameHost_IsRefusedByName()
    {
        string data = Places.NewData("agent-twice");
        string run = Path.Combine(data, "run");
        await using Daemon first = await StartAgentAsync(data, run, "--no-mirror");

        await using Daemon second = Daemon.Start(Places.Agent, "run", "--data", Path.Combine(data, "second"), "--run", Path.Combine(data, "second-run"), "--no-mirror");

        Assert.NotEqual(0, await second.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains($"process {first.Pid}", second.Said, StringComparison.Ordinal);
    }

    private static Daemon StartSimulator(ServerUnderTest server, string data, params string[] more)
    {
        File.Delete(SimulatorEndpoints(data));
        return Daemon.Start(
            Places.Simulator,
            ["run", "--hosts", $"{Hosts}", "--server", server.Agents, "--data", data, "--run", Path.Combine(data, "run"), "--no-mirror", .. more]);
    }

    private static Task LiveAsync(Daemon simulator, ServerUnderTest server, string data) => simulator.UntilAsync(
        async () => File.Exists(SimulatorEndpoints(data)) && (await server.Api.ListHostsAsync(new())).Items.Count(host => host.State == "live") == Hosts,
        TimeSpan.FromSeconds(60),
        "every host was live");

    private static async Task StormAsync(Daemon simulator, string data)
    {
        (await Shell.RunAsync(StormLimit, Places.Simulator, "storm", "--data", data, "--events", "400")).Succeeded();
        await AcknowledgedAsync(simulator, data);
    }

    private static async Task AcknowledgedAsync(Daemon simulator, string data)
    {
        Uri metrics = new(Value(SimulatorEndpoints(data), "metrics"));
        await simulator.UntilAsync(
            async () => (await Scrape.ReadAsync(metrics)).Sum("pcifleet_events_spooled") == 0, TimeSpan.FromMinutes(2), "everything was acknowledged");
    }

    private static async Task<Daemon> StartAgentAsync(string data, string run, params string[] more)
    {
        File.Delete(Path.Combine(data, "endpoints.json"));
        Daemon agent = Daemon.Start(Places.Agent, ["run", "--data", data, "--run", run, .. more]);
        await agent.UntilAsync(() => File.Exists(Path.Combine(data, "endpoints.json")), TimeSpan.FromSeconds(60), "it was up");
        return agent;
    }

    private static string Mirror(string data) => Value(Path.Combine(data, "endpoints.json"), "mirror");

    private static string SimulatorEndpoints(string data) => Path.Combine(data, "sim-endpoints.json");

    private static string Value(string file, string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        return document.RootElement.GetProperty(name).GetString()!;
    }
}
