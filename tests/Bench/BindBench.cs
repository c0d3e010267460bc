using System.Globalization;

namespace Fleet.Bench;

/// <summary>
/// `lspci -vvv` on this machine's own functions with our files laid over the kernel's, against the same without. Two mount namespaces, the
/// runs interleaved; the program is started by a small C program, so that starting it costs both sides the same and little.
/// </summary>
internal static class BindBench
{
    private const int Rounds = 15;
    private const int Runs = 3;

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
        BenchProcess[] sides = [bare, bound];
        double[][] times = [new double[Rounds], new double[Rounds]];
        for (int round = -3; round < Rounds; round++) // the first rounds warm up the compiler
        {
            for (int side = 0; side < sides.Length; side++)
            {
                string printed = BenchProcess.Read("nsenter", "-t", $"{sides[side].Id}", "-m", "--", peer, "run", $"{Runs}", "lspci", "-vvv");
                times[side][Math.Max(round, 0)] = double.Parse(printed, CultureInfo.InvariantCulture) / 1_000_000;
            }
        }

        string[] texts = [.. sides.Select(side => BenchProcess.Read("nsenter", "-t", $"{side.Id}", "-m", "--", "lspci", "-vvv"))];
        double[] medians = [.. times.Select(side => side.Order().ElementAt(Rounds / 2))];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bind: lspci -vvv, median of {Rounds} interleaved rounds of {Runs}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  direct     {medians[0],8:0.00} ms"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  under bind {medians[1],8:0.00} ms, output {(texts[0] == texts[1] ? "identical" : "different")}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ratio under bind / direct: {medians[1] / medians[0]:0.00}"));
    }

    private static BenchProcess Keeper() =>
        BenchProcess.Start("unshare", "-m", "--propagation", "private", "--", "sh", "-c", "echo ready; exec cat");
}
