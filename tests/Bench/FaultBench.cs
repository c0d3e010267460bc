using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fleet.FaultTrial;
using Fleet.Testing;
using Fleet.Testing.Delivery;

namespace Fleet.Bench;

/// <summary>
/// Fifty kill -9 of a real server and real agents in a storm of events, over links that are cut, slow, stalled and closed and disks that are full. The
/// ratio is of broken promises of delivery to occurrences: it is to be nothing.
/// </summary>
internal static class FaultBench
{
    public static void Run(TextWriter output, string[] options)
    {
        int kills = Option(options, "--kills") ?? 50;
        int seed = Option(options, "--seed") ?? Random.Shared.Next();
        foreach (string store in PostgresCluster.Programs is null ? new[] { "sqlite" } : ["sqlite", "postgres"])
        {
            Run(output, store, kills, seed);
        }
    }

    private static void Run(TextWriter output, string store, int kills, int seed)
    {
        output.WriteLine($"faults: {store}, seed {seed}");
        string place = Directory.CreateTempSubdirectory("fleet-faults-").FullName;
        FaultReport report = Trial(place, store, kills, seed);
        DeliveryVerdict verdict = report.Verdict;
        output.WriteLine($"faults: {report.Seconds.ToString("0", CultureInfo.InvariantCulture)} s; {string.Join(", ", report.Faults.Select(fault => $"{fault.Value} x {fault.Key}"))}");
        output.WriteLine(
            $"faults: {verdict.Violations.Count} broken promises in {verdict.Made} occurrences: {verdict.Stored} stored in {verdict.Rows} events, {verdict.Missing} missing:"
            + $" {verdict.MissingInIntervals} within {verdict.AnnouncedIntervals} announced intervals, the rest among {verdict.AnnouncedByCount} announced by number");
        foreach (string wrong in verdict.Violations.Select(v => $"{v.Kind} {v.Host}: {v.What}").Concat(report.Wrong))
        {
            output.WriteLine($"faults: WRONG {wrong} (logs in {place})");
        }

        if (verdict.Violations.Count + report.Wrong.Count is 0)
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static int? Option(string[] options, string name) =>
        Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : null;

    private static FaultReport Trial(string place, string store, int kills, int seed)
    {
        string publish = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "publish");
        string[] trial =
        [
            Path.Combine(AppContext.BaseDirectory, "fault-trial"), "trial", place, store, $"{kills}", $"{seed}", "2",
            Path.GetFullPath(Path.Combine(publish, "Fleet.Server", "release", "fleet-server")), Path.GetFullPath(Path.Combine(publish, "Fleet.Agent", "release", "fleet-agent")),
        ];

        // A network of its own: the agent of this machine, if it has one, is another's.
        ProcessStartInfo start = Environment.IsPrivilegedProcess
            ? new("unshare", ["-n", "-m", "--propagation", "private", "bash", "-c", "ip link set lo up && exec \"$@\"", "--", .. trial])
            : new(trial[0], trial[1..]);
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonSerializer.Deserialize<FaultReport>(printed.Split('\n')[0])!;
    }
}
