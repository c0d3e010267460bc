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

    [Fact]
    public async Task Server_KilledTwentyTimesInAStorm_StoresEveryAcknowledgedEventOnce()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("storm-server"));
        string data = Places.NewData("storm-sim");
        await using Daemon simulator = Daemon.Start(
            Places.Simulator, "run", "--hosts", $"{Hosts}", "--server", server.Agents, "--token", await server.TokenAsync(Hosts),
            "--data", data, "--run", Path.Combine(data, "run"), "--no-mirror");
        await simulator.UntilAsync(
            async () => (await server.Api.ListHostsAsync(new())).Items.Count(host => host.State == "live") == Hosts, TimeSpan.FromSeconds(60), "every host had joined");

        for (int kill = 0; kill < Kills; kill++)
        {
            long before = EventStore.Count(server.Data);
            Task<Output> storm = Shell.RunAsync(Places.Simulator, "storm", "--data", data, "--events", $"{EventsAKill}");
            // In the middle of it: some of this storm is stored, some is on its way.
            await WaitFor.TrueAsync(() => EventStore.Count(server.Data) > before + 50, TimeSpan.FromSeconds(60), $"events arrive after kill {kill}");
            await server.KillAndStartAsync();
            (await storm).Succeeded();
        }

        Uri metrics = SimulatorMetrics(data);
        await WaitFor.TrueAsync(
            async () => (await Scrape.ReadAsync(metrics)).Sum("pcifleet_events_spooled") == 0, TimeSpan.FromMinutes(2), "everything is acknowledged");
        await simulator.StopAsync();

        HashSet<string> produced = Produced(data);
        IReadOnlyList<string> stored = EventStore.Ids(server.Data);
        Assert.True(produced.Count >= 50_000, $"{produced.Count} events were produced");
        Assert.Empty(stored.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Empty(produced.Except(stored));
        // Epoch 0 is the server's own: hosts that joined or went.
        Assert.DoesNotContain(stored, id => !produced.Contains(id) && !id.Contains("-0-", StringComparison.Ordinal));
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

        // A dead mirror answers at once, with an error.
        Output dead = await Shell.RunAsync(TimeSpan.FromSeconds(5), "ls", Path.Combine(mirror, "devices"));
        Assert.NotEqual(0, dead.Status);
        Assert.Single(MountsUnder(run));
        await using (Daemon second = await StartAgentAsync(data, run))
        {
            Assert.Single(MountsUnder(run));
            Assert.NotEmpty((await Shell.RunAsync("lspci", "-O", $"sysfs.path={Mirror(data)}")).Succeeded());
        }

        Assert.Empty(MountsUnder(run));
        Directory.Delete(run, recursive: true);
    }

    [Fact]
    public async Task Agent_SecondOnTheSameHost_IsRefusedByName()
    {
        string data = Places.NewData("agent-twice");
        string run = Path.Combine(data, "run");
        await using Daemon first = await StartAgentAsync(data, run, "--no-mirror");

        await using Daemon second = Daemon.Start(Places.Agent, "run", "--data", Path.Combine(data, "second"), "--run", Path.Combine(data, "second-run"), "--no-mirror");

        Assert.NotEqual(0, await second.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains($"process {first.Pid}", second.Said, StringComparison.Ordinal);
    }

    private static async Task<Daemon> StartAgentAsync(string data, string run, params string[] more)
    {
        File.Delete(Path.Combine(data, "endpoints.json"));
        Daemon agent = Daemon.Start(Places.Agent, ["run", "--data", data, "--run", run, .. more]);
        await agent.UntilAsync(() => File.Exists(Path.Combine(data, "endpoints.json")), TimeSpan.FromSeconds(30), "it was up");
        return agent;
    }

    private static string Mirror(string data) => Value(Path.Combine(data, "endpoints.json"), "mirror");

    private static Uri SimulatorMetrics(string data) => new(Value(Path.Combine(data, "sim-endpoints.json"), "metrics"));

    private static string Value(string file, string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        return document.RootElement.GetProperty(name).GetString()!;
    }

    private static IEnumerable<string> MountsUnder(string run) =>
        File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains($" {run}/", StringComparison.Ordinal));

    /// <summary>Every event that an agent's spool took, by the simulator's ledgers.</summary>
    private static HashSet<string> Produced(string data)
    {
        HashSet<string> ids = [];
        foreach (string line in Directory.GetFiles(Path.Combine(data, "ledger")).SelectMany(File.ReadLines))
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            string id = entry.RootElement.GetProperty("id").GetString()!;
            Assert.True(ids.Add(id), $"{id} was given twice");
        }

        return ids;
    }
}
