using System.Diagnostics;
using System.Globalization;

namespace Fleet.Bench;

/// <summary>
/// A 4-byte read of configuration space through our mirror (broker, decision and journal included), against the same
/// read of the file behind it and against a C program on libfuse3 of the same shape. One client measures all of them in
/// turn, and everything runs on one processor: where threads are placed would otherwise decide more than who serves.
/// </summary>
internal static class MirrorBench
{
    private const int Rounds = 11;
    private const int Reads = 4_000;

    // What runs for months is measured once its compiler is done with it, which on a processor that is kept busy takes seconds.
    private const int WarmingRounds = 12;
    private const int WarmingReads = 40_000;
    private const string Function = "0000:00:01.0";
    private const string NativeMirror = "../../../publish/Fleet.MirrorHost/native/mirror-host"; // code as the agent is shipped; ./bench builds it

    public static void Run(TextWriter output)
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/dev/fuse"))
        {
            output.WriteLine("mirror: not run: it needs root and /dev/fuse");
            return;
        }

        DirectoryInfo place = Directory.CreateTempSubdirectory("mirror-bench-");
        try
        {
            string? peer = Compile(place.FullName);
            if (peer is null)
            {
                output.WriteLine("mirror: not run: it needs cc, pkg-config and libfuse3-dev to build its peer");
                return;
            }

            Measure(output, place.FullName, peer);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static void Measure(TextWriter output, string place, string peer)
    {
        string tree = Path.Combine(place, "tree");
        string file = Path.Combine(tree, "devices", Function, "config");
        string ours = Directory.CreateDirectory(Path.Combine(place, "ours")).FullName;
        string native = Directory.CreateDirectory(Path.Combine(place, "native")).FullName;
        string theirs = Directory.CreateDirectory(Path.Combine(place, "theirs")).FullName;
        string theirsAlone = Directory.CreateDirectory(Path.Combine(place, "theirs-alone")).FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, new byte[4096]);

        // The mounts live in a namespace of their own, which ends with the process that keeps it.
        using BenchProcess keeper = BenchProcess.Start(
            "unshare", "-m", "--propagation", "private", "--", "sh", "-c", "echo ready; exec cat");
        string[] inside = ["-c", "0", "nsenter", "-t", $"{keeper.Id}", "-m", "--"];
        string mirrorHost = Path.Combine(AppContext.BaseDirectory, "mirror-host");
        using BenchProcess mirror = BenchProcess.Start("taskset", [.. inside, mirrorHost, ours, "--files", tree]);
        using BenchProcess nativeMirror = BenchProcess.Start("taskset", [.. inside, Path.Combine(AppContext.BaseDirectory, NativeMirror), native, "--files", tree]);
        using BenchProcess libfuse = BenchProcess.Start("taskset", [.. inside, peer, "serve", file, theirs]);
        using BenchProcess alone = BenchProcess.Start("taskset", [.. inside, peer, "serve-one", file, theirsAlone]);

        string[] files = [file, $"{ours}/devices/{Function}/config", $"{native}/devices/{Function}/config", $"{theirs}/config", $"{theirsAlone}/config"];
        double[][] medians = [.. files.Select(_ => new double[Rounds])];
        for (int round = -WarmingRounds; round < Rounds; round++)
        {
            for (int subject = 0; subject < files.Length; subject++)
            {
                string printed = BenchProcess.Read(
                    "taskset", [.. inside, peer, "measure", files[subject], $"{(round < 0 ? WarmingReads : Reads)}"]);
                medians[subject][Math.Max(round, 0)] = double.Parse(printed, CultureInfo.InvariantCulture);
            }
        }

        Report(output, [.. medians.Select(times => times.Order().ElementAt(Rounds / 2) / 1000)]);
    }

    private static void Report(TextWriter output, double[] microseconds)
    {
        (double direct, double mirror, double native, double libfuse, double alone) =
            (microseconds[0], microseconds[1], microseconds[2], microseconds[3], microseconds[4]);
        (string Name, double Time)[] rows =
        [
            ("direct", direct), ("our mirror, on the runtime", mirror), ("our mirror, native code", native), ("libfuse3, two workers", libfuse), ("libfuse3, one worker", alone),
        ];
        (string Name, double Ratio)[] ratios =
        [
            ("native / libfuse3, two workers", native / libfuse), ("native / libfuse3, one worker", native / alone), ("native / runtime", native / mirror),
            ("runtime / libfuse3, two workers", mirror / libfuse), ("runtime / libfuse3, one worker", mirror / alone), ("native / direct", native / direct),
        ];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"mirror: a 4-byte pread, median of {Rounds} interleaved rounds of {Reads}, one processor"));
        foreach ((string name, double time) in rows)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-28}{time,8:0.00} us"));
        }

        foreach ((string name, double ratio) in ratios)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ratio {name,-34}{ratio,8:0.00}"));
        }
    }

    /// <summary>Builds the C peer; null where that is not possible.</summary>
    public static string? Compile(string place)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "peer", "fuse_peer.c");
        string program = Path.Combine(place, "fuse_peer");
        using Process compiler = Process.Start("sh", ["-c", $"cc -O2 -o '{program}' '{source}' $(pkg-config --cflags --libs fuse3)"]);
        compiler.WaitForExit();
        return compiler.ExitCode is 0 ? program : null;
    }
}
