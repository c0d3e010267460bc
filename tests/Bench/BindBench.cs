using System.Globalization;

namespace Fleet.Bench;

/// <summary>
/// `lspci -vvv` on this machine's own functions with our files laid over the kernel's, against the same without, in two mount namespaces.
/// A small C program starts them by turns, so that what else the machine does meets both alike, and starting costs little.
/// </summary>
internal static class BindBench
{
    private const int Pairs = 120;
    private const int WarmingPairs = 60;

    public static void Run(TextWriter output)
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/dev/fuse") || !Directory.Exists("/sys/bus/pci/devices"))
        {
            output.WriteLine("bind: not run: it needs root, /dev/fuse and a PCI bus");
            return;
        }

        DirectoryInfo place = Directory.CreateTempSubdirectory("bind-bench-");
        try
        {
            if (MirrorBench.Compile(place.FullName) is string peer)
            {
                Measure(output, place.FullName, peer);
            }
            else
            {
                output.WriteLine("bind: not run: it needs cc, pkg-config and libfuse3-dev to build what starts lspci");
            }
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static void Measure(TextWriter output, string place, string peer)
    {
        string mountpoint = Directory.CreateDirectory(Path.Combine(place, "pci")).FullName;
        using BenchProcess bare = Keeper();
        using BenchProcess bound = Keeper();
        using BenchProcess mirror = BenchProcess.Start(
            "nsenter", "-t", $"{bound.Id}", "-m", "--", Path.Combine(AppContext.BaseDirectory, "mirror-host"), mountpoint, "--bind");
        string[] alternate = ["alternate", $"{Pairs}", $"{bare.Id}", $"{bound.Id}", $"{mirror.Id}", "lspci", "-vvv"];
        _ = BenchProcess.Read(peer, ["alternate", $"{WarmingPairs}", .. alternate[2..]]);
        long[][] pairs = [.. BenchProcess.Read(peer, alternate).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray())];
        string[] texts = [.. new[] { bare, bound }.Select(side => BenchProcess.Read("nsenter", "-t", $"{side.Id}", "-m", "--", "lspci", "-vvv"))];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"bind: lspci -vvv on {Directory.GetDirectories("/sys/bus/pci/devices").Length} functions, {Pairs} pairs by turns"));
        Report(output, "time, lower quartile", Quantile(pairs, 0, 0.25), Quantile(pairs, 2, 0.25));
        Report(output, "processor time of lspci and mirror, median", Quantile(pairs, 1, 0.5), Quantile(pairs, 3, 0.5));
        output.WriteLine($"  what it prints is {(texts[0] == texts[1] ? "identical" : "different")}");
    }

    private static void Report(TextWriter output, string what, double direct, double bound) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {what}: direct {direct:0.00} ms, under bind {bound:0.00} ms, ratio {bound / direct:0.00}"));

    private static double Quantile(long[][] pairs, int column, double part) =>
        pairs.Select(pair => pair[column]).Order().ElementAt((int)(pairs.Length * part)) / 1_000_000.0;

    private static BenchProcess Keeper() =>
        BenchProcess.Start("unshare", "-m", "--propagation", "private", "--", "sh", "-c", "echo ready; exec cat");
}
