using System.Runtime.CompilerServices;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Where things are, and what this machine lets a test do.</summary>
internal static class Places
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    public static string Server => Published("Fleet.Server", "fleet-server");

    public static string Agent => Published("Fleet.Agent", "fleet-agent");

    /// <summary>The agent as it is shipped: native code.</summary>
    public static string NativeAgent => Published("Fleet.Agent", "fleet-agent", "native");

    public static string Simulator => Published("Fleet.Simulator", "fleet-sim");

    /// <summary>The tool that drives mailboxes by register; it lies beside the tests.</summary>
    public static string DoeTool => Path.Combine(AppContext.BaseDirectory, "doe-tool");

    /// <summary>The real agent over devices in another process, and what kills it; lies beside the tests.</summary>
    public static string MirrorHost => Path.Combine(AppContext.BaseDirectory, "mirror-host");

    /// <summary>A fleet under faults with a checker at its end; lies beside the tests.</summary>
    public static string FaultTrial => Path.Combine(AppContext.BaseDirectory, "fault-trial");

    /// <summary>A directory for one test's data. It stays until the next run, so that logs can be looked at.</summary>
    public static string NewData(string name)
    {
        string path = Path.Combine(Root, ".cache", "end-to-end", name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Skips where mounts cannot be made; in CI that is a failure, since CI must run every test.</summary>
    public static void NeedMounts() =>
        Need(Environment.IsPrivilegedProcess && File.Exists("/dev/fuse"), "Needs root and /dev/fuse.");

    public static void NeedNativeAgent() =>
        Need(File.Exists(Path.Combine(Root, "artifacts", "publish", "Fleet.Agent", "native", "fleet-agent")), "Needs the native agent, which ./test compiles when it runs everything.");

    public static void NeedProgram(string program) => Need(Shell.Has(program), $"Needs {program}.");

    public static void Need(bool there, string what)
    {
        if (!there && Environment.GetEnvironmentVariable("CI") is not null)
        {
            Assert.Fail(what);
        }

        Assert.SkipUnless(there, what);
    }

    private static string Published(string project, string program, string form = "release")
    {
        string path = Path.Combine(Root, "artifacts", "publish", project, form, program);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: run ./test, which builds it first.");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
