using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>./run as a newcomer meets it.</summary>
public sealed class RunScriptTests
{
    private static readonly string Run = Path.Combine(Places.Root, "run");

    [Fact]
    public async Task Run_StoppedByTerm_LeavesNoMountAndNoProcess()
    {
        Places.NeedMounts();
        string data = Places.NewData("run-stop");
        Daemon run = await StartAsync(data, "2");
        string mounts = MountsFolder(data);
        int mounted = Mounted(mounts);

        int status = await run.StopAsync();

        Assert.Equal(3, mounted);
        Assert.Equal(143, status);
        Assert.Equal(0, Mounted(mounts));
        Assert.Empty(await ProcessesAsync(data));
        Assert.False(File.Exists(Path.Combine(data, "endpoints.json")));
        await run.DisposeAsync();
    }

    [Fact]
    public async Task Run_KilledItself_LeavesNoProcessAndTheNextStartWorks()
    {
        Places.NeedMounts();
        string data = Places.NewData("run-killed");
        Daemon first = await StartAsync(data, "1");
        await first.KillAsync();
        await WaitFor.TrueAsync(async () => (await ProcessesAsync(data)).Count == 0, TimeSpan.FromSeconds(60));

        await using Daemon second = await StartAsync(data, "1");

        Assert.Equal(2, Mounted(MountsFolder(data)));
    }

    [Theory]
    [InlineData("server", "fleet-server")]
    [InlineData("agent", "fleet-agent")]
    [InlineData("sim", "fleet-sim")]
    public async Task Run_ChildKilled_SaysWhichAndStartsItAgain(string name, string program)
    {
        Places.NeedMounts();
        string data = Places.NewData("run-child");
        await using Daemon run = await StartAsync(data, "1");
        int pid = 0;
        await WaitFor.TrueAsync(async () => // A process that starts another one is there twice for a moment, until that has its own command line.
        {
            int[] pids = [.. (await ProcessesAsync(data)).Where(process => process.Command.Contains(program, StringComparison.Ordinal)).Select(process => process.Pid)];
            pid = pids[0];
            return pids.Length is 1;
        });

        await Shell.SignalAsync("KILL", pid);

        await run.UntilAsync(() => run.Said.Contains($"the {name} was started again", StringComparison.Ordinal), TimeSpan.FromMinutes(2), "the restart was said");
        Assert.Contains($"the {name} (pid {pid}) was ended by signal KILL", run.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortInUse_SaysWhichAndEnds()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        string taken = $"{other.LocalEndpoint}";

        Output output = await Shell.RunAsync(Run, "--http", taken, "--agents", "127.0.0.1:1", "--data", Places.NewData("run-port"));

        Assert.Equal(1, output.Status);
        Assert.Contains($"port in use: something already listens on {taken}", output.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SecondOneOnTheSameData_SaysSo()
    {
        Places.NeedMounts();
        string data = Places.NewData("run-twice");
        await using Daemon run = await StartAsync(data, "0");

        Output second = await Shell.RunAsync(Run, "--http", "127.0.0.1:1", "--agents", "127.0.0.1:2", "--data", data);

        Assert.Equal(1, second.Status);
        Assert.Contains("another ./run already uses", second.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sim", "many", "--sim takes a number")]
    [InlineData("--http", "nowhere", "is not an ADDRESS:PORT")]
    [InlineData("--bogus", "", "unknown option --bogus")]
    public async Task Run_BadArgument_IsNamed(string option, string value, string answer)
    {
        Output output = await Shell.RunAsync(Run, option, value);

        Assert.Equal(1, output.Status);
        Assert.Contains(answer, output.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_OfRun_AreForTheOwnerAlone()
    {
        Places.NeedMounts();
        string data = Places.NewData("run-secrets");
        await using Daemon run = await StartAsync(data, "0");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "admin.token")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "signin.url")));
        string token = (await File.ReadAllTextAsync(Path.Combine(data, "admin.token"), TestContext.Current.CancellationToken)).Trim();
        Assert.All(Directory.GetFiles(Path.Combine(data, "logs")), log => Assert.DoesNotContain(token, File.ReadAllText(log), StringComparison.Ordinal));
        Assert.DoesNotContain(token, run.Said, StringComparison.Ordinal);
    }

    private static async Task<Daemon> StartAsync(string data, string simulated)
    {
        Daemon run = Daemon.Start(
            Run, "--http", $"127.0.0.1:{Ports.Free()}", "--agents", $"127.0.0.1:{Ports.Free()}", "--data", data, "--sim", simulated);
        await run.UntilAsync(() => run.Said.Contains("Ctrl-C stops.", StringComparison.Ordinal), TimeSpan.FromMinutes(3), "it was up");
        return run;
    }

    /// <summary>The folder below which one ./run mounts: two above this host's mirror.</summary>
    private static string MountsFolder(string data) =>
        Path.GetDirectoryName(Path.GetDirectoryName(RunEndpoints.Read(Path.Combine(data, "endpoints.json")).Host!.Mirror!))!;

    private static int Mounted(string folder) =>
        File.ReadLines("/proc/self/mountinfo").Count(line => line.Contains($" {folder}/", StringComparison.Ordinal));

    /// <summary>Processes that name the data directory on their command line, but for ./run itself.</summary>
    private static async Task<IReadOnlyList<(int Pid, string Command)>> ProcessesAsync(string data) =>
    [
        .. (await Shell.RunAsync("ps", "-ww", "-eo", "pid=,args=")).Lines
            .Where(line => line.Contains(data, StringComparison.Ordinal) && line.Contains("/artifacts/publish/", StringComparison.Ordinal))
            .Select(line => line.Trim().Split(' ', 2))
            .Select(parts => (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1])),
    ];
}
