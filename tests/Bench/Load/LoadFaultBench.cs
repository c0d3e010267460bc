using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Simulator.Load;
using Fleet.Testing;
using Fleet.Testing.Delivery;
using MadeEvent = Fleet.Testing.Delivery.MadeEvent;

namespace Fleet.Bench.Load;

/// <summary>kill -9 of a server under a fleet of simulated hosts, again and again, and what became of every event of their ledger.</summary>
internal static class LoadFaultBench
{
    private const int Hosts = 1_000;
    private const double EventRate = 500;
    private const int Burst = 20;

    /// <param name="output">Where the rows go.</param>
    /// <param name="options">--kills N, --hosts N.</param>
    public static void Run(TextWriter output, string[] options)
    {
        int kills = Option(options, "--kills") ?? 10;
        int hosts = Option(options, "--hosts") ?? Hosts;
        foreach (string store in PostgresCluster.Programs is null ? new[] { "sqlite" } : ["sqlite", "postgres"])
        {
            string place = Directory.CreateTempSubdirectory("fleet-load-faults-").FullName;
            try
            {
                RunAsync(output, place, store, kills, hosts).GetAwaiter().GetResult();
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        }
    }

    private static async Task RunAsync(TextWriter output, string place, string store, int kills, int hosts)
    {
        await using PostgresCluster? cluster = store is "postgres" ? await PostgresCluster.StartAsync(durable: true) : null;
        string data = Path.Combine(place, "server");
        string ledger = Path.Combine(place, "ledger.jsonl");
        string[] more = ["--enrol-rate", "1000", .. cluster is null ? [] : new[] { "--database", await cluster.CreateDatabaseAsync("fleet") }];
        ServerProcess server = await ServerProcess.StartAsync(data, more);
        try
        {
            using ServerApi api = new(server.Http!, server.AdminToken!, TimeProvider.System);
            LoadOptions options = new()
            {
                Servers = [server.Agents],
                DataDirectory = Path.Combine(place, "hosts"),
                Hosts = hosts,
                Ramp = TimeSpan.FromSeconds(10),
                Rate = EventRate,
                LedgerFile = ledger,
            };
            DateTimeOffset begun = TimeProvider.System.GetUtcNow();
            await using (LoadFleet fleet = await LoadFleet.OpenAsync(options, api, TimeProvider.System, CancellationToken.None))
            {
                fleet.Start();
                await UntilAsync(() => fleet.Counters.Connected == hosts);
                fleet.StartMaking();
                for (int killed = 0; killed < kills; killed++)
                {
                    fleet.Burst(fleet.Hosts, Burst);
#pragma warning disable CA5394 // When it is killed; guards nothing.
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 4_000)), TimeProvider.System);
#pragma warning restore CA5394
                    await server.KillAsync();
                    ServerProcess before = server;
                    server = await ServerProcess.StartAsync(data, before, more);
                    await before.DisposeAsync();
                    await UntilAsync(() => fleet.Counters.Connected > hosts / 2);
                }

                fleet.StopMaking();
                await UntilAsync(() => fleet.Counters.Connected == hosts && fleet.Hosts.All(host => host.Spool.Count is 0));
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"load-faults: {store}, {kills} kill -9 under {hosts} hosts: {fleet.Counters.Produced} events made, {fleet.Counters.Acknowledged} acknowledged, {fleet.Counters.Lost} lost for want of room"));
            }

            List<FleetEvent> stored = [];
            await api.ReadEventsAsync(begun - TimeSpan.FromMinutes(1), stored.AddRange, CancellationToken.None);
            stored.Reverse();
            Tell(output, DeliveryCheck.Run(File.ReadLines(ledger).Select(Read).OfType<MadeEvent>(), stored.Where(one => one.Epoch > 0).Select(Marked)));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static void Tell(TextWriter output, DeliveryVerdict verdict)
    {
        output.WriteLine($"load-faults: {verdict.Violations.Count} broken promises in {verdict.Made} events of the ledger: {verdict.Stored} stored, {verdict.Missing} missing, {verdict.AnnouncedByCount} announced as lost");
        foreach (Violation wrong in verdict.Violations)
        {
            output.WriteLine($"load-faults: WRONG {wrong.Kind} {wrong.Host}: {wrong.What}");
        }
    }

    // A line of the ledger is an event that reached its host's spool, or an acknowledgement, which says nothing that is not asked of all events here.
    private static MadeEvent? Read(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement made = document.RootElement;
        return made.TryGetProperty("sequence", out JsonElement sequence)
            ? new MadeEvent(made.GetProperty("host").GetString()!, Stream(made.GetProperty("epoch").GetInt64()), sequence.GetInt64(), default, Kept: true)
            : null;
    }

    // A simulated host's events are told apart by epoch and number, which is their mark.
    private static FleetEvent Marked(FleetEvent one) => one with { HostName = one.Host.ToString(), Detail = MadeEvent.Mark(Stream(one.Epoch), one.Sequence) };

    private static string Stream(long epoch) => string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch}");

    private static int? Option(string[] options, string name) =>
        Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : null;

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
