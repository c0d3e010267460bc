using System.Globalization;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Load;

namespace Fleet.Bench.Load;

/// <summary>A server with 5,000 agents on this machine, the agents included: memory of an idle one, lag of events, a reconnect storm.</summary>
internal static class LoadBench
{
    private const int Agents = 5_000;
    private const double EventRate = 2_000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);
    private static readonly string[] EnrolQuickly = ["--enrol-rate", "1000"];

    /// <param name="output">Where the rows go.</param>
    /// <param name="arguments">A number of agents and a profile, to try other fleets; none for what is published.</param>
    public static void Memory(TextWriter output, string[] arguments) => InPlace(place => MemoryAsync(output, Fleet.Of(place, arguments)));

    public static void Lag(TextWriter output, string[] arguments) => InPlace(
        place => RunAsync(output, "lag", Fleet.Of(place, arguments) with { Scenario = LoadScenario.Steady, Rate = EventRate }));

    public static void Storm(TextWriter output, string[] arguments) => InPlace(
        place => RunAsync(output, "storm", Fleet.Of(place, arguments) with { Scenario = LoadScenario.Reconnect }));

    private static async Task MemoryAsync(TextWriter output, Fleet fleet)
    {
        double ours = await OursAsync(output, fleet);
        double bare = await BareAsync(output, fleet);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hub-memory: ratio fleet-server / bare hub = {ours / bare:0.00}"));
    }

    private static async Task<double> OursAsync(TextWriter output, Fleet wanted)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(wanted.ServerData, EnrolQuickly);
        using ServerApi api = new(server.Http!, server.AdminToken!, TimeProvider.System);
        await using LoadFleet fleet = await LoadFleet.OpenAsync(OptionsOf(server, wanted), api, TimeProvider.System, CancellationToken.None);
        fleet.Start(wanted.First);
        await UntilAsync(() => fleet.Counters.Connected == wanted.First);
        await Task.Delay(Settling, TimeProvider.System);
        long before = server.Resident;
        fleet.StartRest();
        await UntilAsync(() => fleet.Counters.Connected == wanted.Hosts);
        return await SettledAsync(output, "fleet-server", server, before, wanted, fleet.Counters.Connected);
    }

    private static async Task<double> BareAsync(TextWriter output, Fleet wanted)
    {
        using IdentityFile identities = IdentityFile.Open(Path.Combine(wanted.HostData, "identities.jsonl"));
        await using ServerProcess server = await ServerProcess.StartBareAsync(wanted.ServerData);
        await using BareFleet first = await BareFleet.ConnectAsync(server.Agents, identities.All.Take(wanted.First));
        await Task.Delay(Settling, TimeProvider.System);
        long before = server.Resident;
        await using BareFleet rest = await BareFleet.ConnectAsync(server.Agents, identities.All.Skip(wanted.First));
        return await SettledAsync(output, "bare hub", server, before, wanted, first.Connected + rest.Connected);
    }

    // What a program weighs for itself, its compiled code above all, is there with the first hosts: each of the others costs what it costs.
    private static async Task<double> SettledAsync(TextWriter output, string name, ServerProcess server, long before, Fleet fleet, long connected)
    {
        await Task.Delay(Settling, TimeProvider.System);
        double each = (server.Resident - before) / 1024.0 / (fleet.Hosts - fleet.First);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"hub-memory: {name,-12} {before >> 20} MiB with {fleet.First} agents, {server.Resident >> 20} MiB with {connected}: {each:0.0} KiB each; {server.Processor.TotalSeconds:0} s of processor"));
        return each;
    }

    private static async Task RunAsync(TextWriter output, string title, Fleet wanted)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(wanted.ServerData, EnrolQuickly);
        using ServerApi api = new(server.Http!, server.AdminToken!, TimeProvider.System);
        LoadOptions options = OptionsOf(server, wanted);
        LoadReport report;
        await using (LoadFleet fleet = await LoadFleet.OpenAsync(options, api, TimeProvider.System, CancellationToken.None))
        {
            report = await new LoadRun(options, fleet, api, TimeProvider.System, Console.Error.WriteLine).RunAsync(CancellationToken.None);
        }

        output.WriteLine(LoadText.Of(report));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: server {server.Resident >> 20} MiB, {server.Processor.TotalSeconds:0} s of processor"));
    }

    private static LoadOptions OptionsOf(ServerProcess server, Fleet fleet) => new()
    {
        Servers = [server.Agents],
        Api = server.Http,
        ApiToken = server.AdminToken,
        DataDirectory = fleet.HostData,
        Hosts = fleet.Hosts,
        Profile = fleet.Profile,
        Ramp = TimeSpan.FromSeconds(45),
        Duration = TimeSpan.FromSeconds(fleet.Scenario is LoadScenario.Steady ? 60 : 10),
        Scenario = fleet.Scenario,
        Rate = fleet.Rate,
    };

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    private static void InPlace(Func<string, Task> run)
    {
        string place = Directory.CreateTempSubdirectory("fleet-load-").FullName;
        try
        {
            run(place).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private sealed record Fleet(string ServerData, string HostData, int Hosts, HostKind Profile)
    {
        /// <summary>So many come first, before memory is looked at.</summary>
        public int First => Hosts / 10;

        public LoadScenario Scenario { get; init; }

        public double Rate { get; init; }

        public static Fleet Of(string place, string[] arguments) => new(
            Path.Combine(place, "server"),
            Path.Combine(place, "hosts"),
            arguments is [var hosts, ..] ? int.Parse(hosts, CultureInfo.InvariantCulture) : Agents,
            arguments is [_, var profile, ..] ? Enum.Parse<HostKind>(profile, ignoreCase: true) : HostKind.Small);
    }
}
