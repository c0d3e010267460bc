using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Load;

namespace Fleet.Bench.Load;

/// <summary>A server that knows very many hosts of which none is connected: what it weighs, how soon it is there, how soon its lists are.</summary>
internal static class KnownBench
{
    private const int Known = 100_000;
    private const int Repeats = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    /// <param name="output">Where the rows go.</param>
    /// <param name="arguments">A number of hosts, a profile, and "unlike" for machines that have no byte in common.</param>
    public static void Run(TextWriter output, string[] arguments)
    {
        int hosts = arguments is [var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : Known;
        HostKind kind = arguments is [_, var profile, ..] ? Enum.Parse<HostKind>(profile, ignoreCase: true) : HostKind.Small;
        string place = Directory.CreateTempSubdirectory("fleet-known-").FullName;
        try
        {
            RunAsync(output, place, hosts, kind, alike: arguments is not [_, _, "unlike"]).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static async Task RunAsync(TextWriter output, string place, int hosts, HostKind kind, bool alike)
    {
        long before;
        await using (ServerProcess empty = await ServerProcess.StartAsync(place))
        {
            await AskAllAsync(empty);
            before = empty.Resident;
        }

        await KnownHosts.PutAsync(place, kind, hosts, alike);
        long stored = new FileInfo(Path.Combine(place, "fleet.db")).Length;
        long start = Stopwatch.GetTimestamp();
        await using ServerProcess server = await ServerProcess.StartAsync(place);
        TimeSpan started = Stopwatch.GetElapsedTime(start);
        await Task.Delay(Settling, TimeProvider.System);
        long settled = server.Resident;
        HostView one = (await Client(server).GetFromJsonAsync<Page<HostView>>("hosts?limit=1", FleetJson.Options))!.Items[0];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"known: {hosts} hosts of {one.Functions} functions and {one.Mailboxes} mailboxes ({kind}, {(alike ? "alike but for serial numbers" : "no byte in common")}): started after {started.TotalSeconds:0.0} s; "
            + $"{before >> 20} MiB without, {settled >> 20} MiB with them: {(settled - before) / 1024.0 / hosts:0.0} KiB each, {stored / 1024.0 / hosts:0.0} KiB in the database"));
        TimeSpan idle = server.Processor;
        await Task.Delay(Settling, TimeProvider.System);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"known: {(server.Processor - idle) / Settling:0.0 %} of a processor at rest"));
        foreach ((string path, Histogram times) in await AskAllAsync(server))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"known: {path,-40} p50 {times.Percentile(0.5).TotalMilliseconds,7:0.0} ms, p95 {times.Percentile(0.95).TotalMilliseconds,7:0.0} ms"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"known: {server.Resident >> 20} MiB after these"));
    }

    private static async Task<IReadOnlyList<(string Path, Histogram Times)>> AskAllAsync(ServerProcess server)
    {
        using HttpClient client = Client(server);
        Page<HostView> page = (await client.GetFromJsonAsync<Page<HostView>>("hosts?limit=100", FleetJson.Options))!;
        string[] paths =
        [
            "hosts?limit=100", "hosts?limit=100&q=name:known-0005*", "hosts?limit=100&q=state:silent", page.Next is { } next ? $"hosts?limit=100&cursor={next}" : "hosts", page.Items is [var host, ..] ? $"hosts/{host.Id}" : "servers",
            "hosts?limit=100&sort=-contentions", "hosts?limit=100&sort=kernel", "functions?limit=100&sort=device", "functions?limit=100&sort=-contentions", "mailboxes?limit=100&sort=owner", "attestations?limit=100&sort=-age",
            "overview", "functions?limit=100", "mailboxes?limit=100", "claims?limit=100", "attestations?limit=100", "/metrics",
        ];
        List<(string, Histogram)> answers = [];
        foreach (string path in paths)
        {
            Histogram times = new();
            for (int turn = 0; turn < Repeats; turn++)
            {
                long start = Stopwatch.GetTimestamp();
                using HttpResponseMessage response = await client.GetAsync(path);
                await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
                times.Add(Stopwatch.GetElapsedTime(start));
            }

            answers.Add((path.Split("&cursor=")[0] + (path.Contains("&cursor=", StringComparison.Ordinal) ? "&cursor=…" : ""), times));
        }

        return answers;
    }

    private static HttpClient Client(ServerProcess server)
    {
        HttpClient client = new() { BaseAddress = new Uri(server.Http!, "/api/v1/"), Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.AdminToken);
        return client;
    }
}
