using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Fleet.Bench;

/// <summary>
/// What an agent at rest costs this machine, beside prometheus-node-exporter at rest on the same machine: each is scraped every 15 seconds
/// and asked for nothing else. The agent, native code, serves its mirror, local API and /metrics; with a guardian, both processes count.
/// </summary>
internal static partial class IdleBench
{
    private const string Exporter = "prometheus-node-exporter";
    private const string NativeAgent = "../../../publish/Fleet.Agent/native/fleet-agent"; // as it is shipped; ./bench builds it
    private const double TicksASecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    private const int Ageing = 300; // scrapes before: as much garbage as of an hour and more, so that the heap has its lasting size

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(15);

    public static void Run(TextWriter output)
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/dev/fuse"))
        {
            output.WriteLine("idle: not run: it needs root and /dev/fuse");
            return;
        }

        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(directory => File.Exists(Path.Combine(directory, Exporter))))
        {
            output.WriteLine($"idle: not run: it is compared with {Exporter}, which is not installed");
            return;
        }

        MeasureAsync(output).GetAwaiter().GetResult();
    }

    private static async Task MeasureAsync(TextWriter output)
    {
        string program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, NativeAgent));
        DirectoryInfo place = Directory.CreateTempSubdirectory("idle-bench-");
        int port = FreePort();
        using Process exporter = Launch(Exporter, $"--web.listen-address=127.0.0.1:{port}", "--log.level=error");
        using Process agent = Launch(
            program, "run", "--data", Path.Combine(place.FullName, "data"), "--run", Path.Combine(place.FullName, "run"),
            "--read-only", "--on-agent-death", "wait");
        try
        {
            string? first = await agent.StandardOutput.ReadLineAsync();
            while (first is not null && !MetricsAddress().IsMatch(first))
            {
                first = await agent.StandardOutput.ReadLineAsync();
            }

            if (first is null)
            {
                output.WriteLine($"idle: not run: the agent does not start here: {await agent.StandardError.ReadToEndAsync()}");
                return;
            }

            Uri ours = new(MetricsAddress().Match(first).Value);
            await Report(output, agent.Id, exporter.Id, ours, new Uri($"http://127.0.0.1:{port}/metrics"));
        }
        finally
        {
            await EndAsync(agent);
            exporter.Kill();
            place.Delete(recursive: true);
        }
    }

    private static async Task Report(TextWriter output, int agent, int exporter, Uri ours, Uri theirs)
    {
        using HttpClient http = new();
        int[] guardians = Children(agent);
        for (int scrape = 0; scrape < Ageing; scrape++)
        {
            (await http.GetAsync(ours)).EnsureSuccessStatusCode();
        }

        await RestAsync(http, Settling, ours, theirs);
        Cost[] before = [.. guardians.Prepend(agent).Append(exporter).Select(Cost.Of)];
        long start = Stopwatch.GetTimestamp();
        await RestAsync(http, Measured, ours, theirs);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Cost[] costs = [.. guardians.Prepend(agent).Append(exporter).Select(Cost.Of).Zip(before, (now, then) => now with { Ticks = now.Ticks - then.Ticks })];
        Cost sum = costs[..^1].Aggregate((one, other) => one + other);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"idle: {seconds:0} s, each scraped every {ScrapeInterval.TotalSeconds:0} s"));
        Line(output, "agent", costs[0], seconds);
        for (int i = 1; i < costs.Length - 1; i++)
        {
            Line(output, "guardian", costs[i], seconds);
        }

        Line(output, "both", sum, seconds);
        Line(output, "node-exporter", costs[^1], seconds);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  ratio both / node-exporter: RSS {(double)sum.Resident / costs[^1].Resident:0.00}, PSS {(double)sum.Proportional / costs[^1].Proportional:0.00}, CPU {(double)sum.Ticks / Math.Max(costs[^1].Ticks, 1):0.00}"));
    }

    private static void Line(TextWriter output, string name, Cost cost, double seconds) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-14} RSS {cost.Resident / 1024.0,6:0.0} MiB   PSS {cost.Proportional / 1024.0,6:0.0} MiB   CPU {100 * cost.Ticks / TicksASecond / seconds,6:0.000} % of a core"));

    private static async Task RestAsync(HttpClient http, TimeSpan time, params Uri[] scraped)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += ScrapeInterval)
        {
            foreach (Uri uri in scraped)
            {
                (await http.GetAsync(uri)).EnsureSuccessStatusCode();
            }

            await Task.Delay(ScrapeInterval, TimeProvider.System);
        }
    }

    private static int[] Children(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(pid => Status(pid, "PPid:") == parent || (IsGuardian(pid) && pid != parent)),
    ];

    private static bool IsGuardian(int pid)
    {
        try
        {
            string[] words = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return words is [var program, "guard", ..] && Path.GetFileName(program) is "fleet-agent";
        }
        catch (IOException)
        {
            return false; // It ended meanwhile.
        }
    }

    private static long Status(int pid, string label)
    {
        try
        {
            string line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(label, StringComparison.Ordinal));
            return long.Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task EndAsync(Process agent)
    {
        if (!agent.HasExited)
        {
            using Process kill = Process.Start("kill", ["-TERM", $"{agent.Id}"]);
            await agent.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Launch(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    [GeneratedRegex(@"http://\S+/metrics")]
    private static partial Regex MetricsAddress();

    /// <summary>Resident and proportional memory in kB, and processor time in ticks.</summary>
    private sealed record Cost(long Resident, long Proportional, long Ticks)
    {
        public static Cost operator +(Cost one, Cost other) =>
            new(one.Resident + other.Resident, one.Proportional + other.Proportional, one.Ticks + other.Ticks);

        public static Cost Of(int pid)
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            string shares = File.ReadLines($"/proc/{pid}/smaps_rollup").First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
            return new Cost(
                Status(pid, "VmRSS:"), long.Parse(shares["Pss:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture),
                long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
        }
    }
}
