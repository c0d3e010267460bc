using System.Globalization;
using Fleet.Simulator.Load;
using Fleet.Testing;

namespace Fleet.Bench.Load;

/// <summary>What thousands of connected agents cost a server while nothing happens: processor, disk, rows.</summary>
internal static class RestBench
{
    private const int Agents = 5_000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    /// <param name="output">Where the rows go.</param>
    /// <param name="arguments">A number of agents, and minutes.</param>
    public static void Run(TextWriter output, string[] arguments)
    {
        int agents = arguments is [var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : Agents;
        TimeSpan time = TimeSpan.FromMinutes(arguments is [_, var minutes, ..] ? int.Parse(minutes, CultureInfo.InvariantCulture) : 5);
        foreach (string store in PostgresCluster.Programs is null ? new[] { "sqlite" } : ["sqlite", "postgres"])
        {
            string place = Directory.CreateTempSubdirectory("fleet-rest-").FullName;
            try
            {
                RunAsync(output, place, store, agents, time).GetAwaiter().GetResult();
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
        }
    }

    private static async Task RunAsync(TextWriter output, string place, string store, int agents, TimeSpan time)
    {
        await using PostgresCluster? cluster = store is "postgres" ? await PostgresCluster.StartAsync(durable: true) : null;
        string data = Path.Combine(place, "server");
        string[] more = ["--enrol-rate", "1000", .. cluster is null ? [] : new[] { "--database", await cluster.CreateDatabaseAsync("fleet") }];
        await using ServerProcess server = await ServerProcess.StartAsync(data, more);
        using ServerApi api = new(server.Http!, server.AdminToken!, TimeProvider.System);
        LoadOptions options = new() { Servers = [server.Agents], DataDirectory = Path.Combine(place, "hosts"), Hosts = agents, Ramp = TimeSpan.FromSeconds(45) };
        await using LoadFleet fleet = await LoadFleet.OpenAsync(options, api, TimeProvider.System, CancellationToken.None);
        fleet.Start();
        while (fleet.Counters.Connected < agents)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        await Task.Delay(Settling, TimeProvider.System);
        long connections = fleet.Counters.Connections;
        (TimeSpan processor, long written) = (server.Processor, server.Written);
        (long log, long rows) = await DatabaseAsync(cluster, data);
        await Task.Delay(time, TimeProvider.System);
        (long logAfter, long rowsAfter) = await DatabaseAsync(cluster, data);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"rest: {store}, {fleet.Counters.Connected} agents idle for {time.TotalMinutes:0} min: {(server.Processor - processor) / time:0.0 %} of a processor, {(server.Written - written) / 1024.0 / time.TotalMinutes:0.0} KiB a minute written by the server, "
            + $"log of the database {(logAfter - log) / 1024.0 / time.TotalMinutes:0.0} KiB a minute{(cluster is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {(rowsAfter - rows) / time.TotalMinutes:0.0} rows a minute"))}; {fleet.Counters.Connections - connections} agents had to connect again; server {server.Resident >> 20} MiB"));
        output.Flush();
    }

    // Bytes of the write-ahead log so far, and rows written so far where the database counts them.
    private static async Task<(long Log, long Rows)> DatabaseAsync(PostgresCluster? cluster, string data)
    {
        if (cluster is null)
        {
            return (new DirectoryInfo(data).EnumerateFiles("*-wal").Sum(file => file.Length), 0);
        }

        string[] row = (await cluster.SqlAsync("fleet", "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn, (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables)")).Trim().Split('|');
        return (long.Parse(row[0], CultureInfo.InvariantCulture), long.Parse(row[1], CultureInfo.InvariantCulture));
    }
}
