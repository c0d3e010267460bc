using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.Bench.Postgres;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Testing;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench;

/// <summary>
/// How long lists take over REST on a real server with so many events stored: newest first, pages of 100, filtered by host, kind, function
/// and time, by values that are in nearly every row, in a few, and in none. Warm is a question asked again; cold is one asked after the
/// kernel was told to forget the files (PostgreSQL keeps what is in its own buffers).
/// </summary>
internal static class QueryBench
{
    private const long DefaultStored = 2_000_000;
    private const int Repeats = 40;
    private const int ColdRepeats = 10;
    private const double LimitMilliseconds = 100;

    public static void Run(TextWriter output, string[] options)
    {
        StoredOptions asked = StoredOptions.Read(options);
        asked = asked with { Stored = asked.Stored > 0 ? asked.Stored : DefaultStored };
        string root = Directory.CreateTempSubdirectory("fleet-query-").FullName;
        try
        {
            (asked.Postgres ? RunPostgresAsync(output, asked, root) : RunSqliteAsync(output, asked, root)).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task RunSqliteAsync(TextWriter output, StoredOptions asked, string root)
    {
        EventSource source = new();
        using (DataDirectory data = DataDirectory.Open(root))
        {
            await BenchStore.FillAsync(output, data, source, asked.Stored);
        }

        await AskAsync(output, root, null, source, TimeProvider.System.GetUtcNow(), () => Forget(Directory.EnumerateFiles(root, "*.db*")));
    }

    private static async Task RunPostgresAsync(TextWriter output, StoredOptions asked, string root)
    {
        if (PostgresCluster.Programs is null)
        {
            output.WriteLine("query: PostgreSQL is not installed (apt-get install postgresql)");
            return;
        }

        await using FilledCluster filled = await FilledCluster.OpenAsync(asked);
        await filled.FillAsync(output, asked.Stored);
        await filled.Cluster.SqlAsync(FilledCluster.Name, "CHECKPOINT");
        await AskAsync(output, root, filled.Database, filled.Events, filled.Now, () => Forget(filled.Cluster.DataFiles()));
    }

    private static async Task AskAsync(TextWriter output, string root, string? database, EventSource source, DateTimeOffset now, Action forget)
    {
        await using ServerApp server = await ServerApp.StartAsync(
            new ServerOptions { Http = new IPEndPoint(IPAddress.Loopback, 0), Agents = new IPEndPoint(IPAddress.Loopback, 0), DataDirectory = root, Database = database },
            CancellationToken.None,
            builder => builder.Logging.ClearProviders());
        using HttpClient client = new() { BaseAddress = server.Addresses.Http };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(root, "admin.token"))).Trim());
        List<double> indexedWarm = [];
        List<double> indexedCold = [];
        foreach ((string name, bool indexed, Func<int, string> path) in Questions(source, now))
        {
            await client.GetStringAsync(path(0)); // The code is compiled.
            List<double> warm = [];
            List<double> cold = [];
            for (int i = 0; i < Repeats; i++)
            {
                if (i % (Repeats / ColdRepeats) is 0)
                {
                    forget();
                    cold.Add(await TimeAsync(client, path(i)));
                }

                warm.Add(await TimeAsync(client, path(i)));
            }

            if (indexed)
            {
                indexedWarm.AddRange(warm);
                indexedCold.AddRange(cold);
            }

            string page = await PageAsync(client, path(0));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"query: {name,-64} p50 {Percentile(warm, 50),6:0.0} p95 {Percentile(warm, 95),6:0.0} ms; cold p50 {Percentile(cold, 50),6:0.0} worst {cold.Max(),6:0.0} ms{page}"));
            output.Flush();
        }

        output.WriteLine(Verdict("warm", indexedWarm));
        output.WriteLine(Verdict("cold", indexedCold));
    }

    private static IEnumerable<(string Name, bool Indexed, Func<int, string> Path)> Questions(EventSource source, DateTimeOffset now)
    {
        DateTimeOffset day = new(now.UtcDateTime.Date, TimeSpan.Zero);
        DateTimeOffset middle = day + ((now - day) / 2);
        string Events(string q, string more = "") => $"/api/v1/events?limit=100&q={Uri.EscapeDataString(q)}{more}";
        string Time(string name, DateTimeOffset time) => $"&{name}={Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture))}";
        string Host(int i) => EventSource.HostName(1 + (i * 37 % (EventSource.Hosts - 1)));
        yield return ("nothing", true, _ => Events(""));
        yield return ("host, one of 199", true, i => Events($"host:{Host(i)}"));
        yield return ("host by id", true, i => Events($"host:{source.Host(1 + i)}"));
        yield return ("host, one event in 100,000", true, _ => Events($"host:{EventSource.HostName(EventSource.RareHost)}"));
        yield return ("host, none", true, i => Events($"host:absent-{i}"));
        yield return ("hosts by a pattern (10)", true, i => Events($"host:host-{i % 9 + 1}?0"));
        yield return ("kind, nine in ten", true, _ => Events("kind:contention.access"));
        yield return ("kind, one in ten", true, _ => Events("kind:hold.granted"));
        yield return ("kind, one in 1,000", true, _ => Events("kind:inventory.changed"));
        yield return ("kind, one in 30,000", true, _ => Events("kind:lease.granted"));
        yield return ("kind, one in 1,000,000", true, _ => Events("kind:attestation.failed"));
        yield return ("kind, none", true, _ => Events("kind:policy.rejected"));
        yield return ("function, one of 64", true, i => Events($"function:\"0000:{i % 64:x2}:00.0\""));
        yield return ("function, one in 200,000", true, _ => Events("function:\"0000:ee:00.0\""));
        yield return ("function, none", true, i => Events($"function:\"0001:{i % 64:x2}:00.0\""));
        yield return ("host and kind, one in 200,000", true, i => Events($"host:{Host(i)} and kind:inventory.changed"));
        yield return ("host and kind, one in 6,000,000", true, i => Events($"host:{Host(i)} and kind:lease.granted"));
        yield return ("host and function that it has not", true, i => Events($"host:{EventSource.HostName(1 + (i % 7))} and function:\"0000:3f:00.0\" and host:host-*"));
        yield return ("the last minute", true, _ => Events("", Time("since", now.AddMinutes(-1))));
        yield return ("before the middle of today", true, i => Events("", Time("until", middle.AddSeconds(-i))));
        yield return ("before the last days", true, i => Events("", Time("until", day.AddDays(-3).AddMinutes(-i))));
        yield return ("a minute in the middle of today, one host", true, i => Events($"host:{Host(i)}", Time("since", middle) + Time("until", middle.AddMinutes(1))));
        yield return ("a time in which nothing was", true, _ => Events("", Time("since", day.AddDays(-30)) + Time("until", day.AddDays(-29))));
        yield return ("a function's page (host and function since an hour)", true, i => Events($"host:{Host(i)} and function:\"0000:08:00.0\"", Time("since", now.AddHours(-1))));
        yield return ("/contention of the last hour", false, _ => "/api/v1/contention?by=caller,host,function");
        yield return ("/contention of a day by 15 minutes", false, _ => $"/api/v1/contention?by=host&step=900{Time("from", now.AddDays(-1))}");
        yield return ("/overview", false, _ => "/api/v1/overview");
        yield return ("/functions", false, _ => "/api/v1/functions");
        yield return ("/hosts", false, _ => "/api/v1/hosts");
        yield return ("tool, one in eight", false, _ => Events("comm:nvme"));
        yield return ("tool, none", false, _ => Events("comm:absent"));
        yield return ("a word of the sentence, none (reads its budget)", false, _ => Events("detail:absent"));
    }

    private static async Task<double> TimeAsync(HttpClient client, string path)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await client.GetAsync(path);
        await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<string> PageAsync(HttpClient client, string path)
    {
        if (!path.StartsWith("/api/v1/events", StringComparison.Ordinal))
        {
            return "";
        }

        Page<FleetEvent> page = (await client.GetFromJsonAsync<Page<FleetEvent>>(path, FleetJson.Options))!;
        return $"; {page.Items.Count} events{(page.Items.Count < 100 && page.Next is not null ? ", in part" : "")}";
    }

    // Written back first, else the kernel keeps what it must still write.
    private static void Forget(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            BenchProcess.Read("dd", $"of={file}", "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none");
        }
    }

    private static double Percentile(List<double> values, int percent) => values.Order().ElementAt(Math.Min(values.Count - 1, values.Count * percent / 100));

    private static string Verdict(string which, List<double> values) => string.Create(
        CultureInfo.InvariantCulture,
        $"query: by host, kind, function or time, {which}: p95 {Percentile(values, 95):0.0} ms of {LimitMilliseconds:0} allowed; ratio {Percentile(values, 95) / LimitMilliseconds:0.00}");
}
