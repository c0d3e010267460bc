using System.Diagnostics;
using System.Net;
using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.Simulator.Control;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Running;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Simulator.Tests;

/// <summary>Real pciutils against a simulated host; a mirror is mounted in a private mount namespace only.</summary>
public sealed class SimulatedTreeTests
{
    private static readonly string[] ToolPlaces = ["/usr/bin", "/usr/sbin", "/sbin"];

    [Fact]
    public async Task Lspci_PlainTree_NamesEveryFunctionAndItsDriver()
    {
        using HardwareDirectory directory = new();
        AttributeTree tree = new(directory.Path);
        foreach (FunctionModel function in HostModel.Functions(HostKind.Small, 1))
        {
            tree.Add(function);
        }

        (_, string output, _) = await ToolAsync("lspci", "-O", $"sysfs.path={directory.Path}", "-Dnnk");

        Assert.Contains("0000:01:00.0 Non-Volatile memory controller [0108]: Samsung Electronics", output, StringComparison.Ordinal);
        Assert.Contains("[15b3:1021]", output, StringComparison.Ordinal);
        Assert.Contains("Kernel driver in use: mlx5_core", output, StringComparison.Ordinal);
        Assert.Equal(5, output.Split('\n').Count(l => l.StartsWith("0000:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Setpci_ClaimedMailbox_IsRefusedAndReachesNoRegister()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/fuse"), "Needs root and /dev/fuse for a mirror in a private mount namespace.");
        using HardwareDirectory directory = new();
        string data = Path.Combine(directory.Path, "data");
        using Process simulator = Process.Start(new ProcessStartInfo("unshare",
        [
            "-m", "--propagation", "private", "--", "dotnet", Path.Combine(AppContext.BaseDirectory, "fleet-sim.dll"),
            "run", "--hosts", "1", "--data", data, "--run", Path.Combine(directory.Path, "run"),
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await WaitFor.TrueAsync(() => File.Exists(ControlServer.PathIn(data)) || simulator.HasExited, TimeSpan.FromSeconds(60));
            Assert.False(simulator.HasExited, "the simulator ended");
            using ControlClient control = new(data);
            using LocalClient agent = new(Path.Combine(directory.Path, "run", "sim-01", "agent.sock"));
            await WaitFor.TrueAsync( // Discovery writes too.
                async () => (await agent.GetAsync<FunctionFacts[]>("/v1/functions", TestContext.Current.CancellationToken)).All(f => f.Mailboxes.All(m => m.Features.Count > 0)));
            long before = await WritesAsync(control);
            string[] inside = ["-t", $"{simulator.Id}", "-m", "--"];
            string path = $"sysfs.path={Path.Combine(directory.Path, "run", "sim-01", "pci")}";

            (_, _, string refused) = await ToolAsync("nsenter", [.. inside, "setpci", "-O", path, "-s", "01:00.0", "210.W=1"]);
            long after = await WritesAsync(control);
            (_, string decoded, _) = await ToolAsync("nsenter", [.. inside, "lspci", "-O", path, "-s", "01:00.0", "-vvv"]);
            (_, _, string allowed) = await ToolAsync("nsenter", [.. inside, "setpci", "-O", path, "-s", "01:00.0", "0c.B=20"]);

            Assert.Contains("Device or resource busy", refused, StringComparison.Ordinal);
            Assert.Equal(before, after);
            Assert.Contains("Data Object Exchange", decoded, StringComparison.Ordinal);
            Assert.DoesNotContain("write failed", allowed, StringComparison.Ordinal);
            Assert.Equal(before + 1, await WritesAsync(control));
            await WaitFor.TrueAsync(async () => (await control.StatusAsync(TestContext.Current.CancellationToken)).Hosts[0].EventsRecorded > 0);
        }
        finally
        {
            simulator.Kill();
            await simulator.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Dispose_Fleet_LeavesNoSocketAndNoEndpoints()
    {
        using HardwareDirectory directory = new();
        SimulatedFleet fleet = await StartAsync(directory.Path);
        string socket = fleet.Hosts[0].Agent.SocketPath;
        Assert.True(File.Exists(socket));

        await fleet.DisposeAsync();

        Assert.False(File.Exists(socket));
        Assert.False(File.Exists(EndpointsFile.PathIn(Path.Combine(directory.Path, "data"))));
    }

    [Fact]
    public async Task Storm_TwoHosts_EveryEventIsInALedgerLineOnce()
    {
        await using SimulatedFleet fleet = await StartAsync(hosts: 2);

        long made = await fleet.Storm.RunAsync(600, TestContext.Current.CancellationToken);

        Assert.True(made >= 600, $"{made} events");
        await WaitFor.TrueAsync(() => fleet.Hosts.All(h => h.Ledger.Recorded == h.Agent.Spool.Count)); // One may just be between the two: agents tell later what they merged.
        Assert.All(fleet.Hosts, h => Assert.Equal(0, h.Agent.Spool.Lost.Values.Sum()));
    }

    [Fact]
    public async Task Metrics_Scrape_HasZeroedLabelSetsWithHostAndNoScope()
    {
        await using SimulatedFleet fleet = await StartAsync();
        using HttpClient client = new();

        string text = await client.GetStringAsync(fleet.MetricsUrl, TestContext.Current.CancellationToken);

        Assert.Contains("pcifleet_accesses_total{decision=\"refuse\",host=\"sim-01\",operation=\"write\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("pcifleet_claims{host=\"sim-01\",source=\"policy\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("pcifleet_uplink_connected{host=\"sim-01\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("pcifleet_evidence_waiting{host=\"sim-01\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("pcifleet_attestations_total{end=\"plan-mismatch\",host=\"sim-01\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("pcifleet_events_lost_total{host=\"sim-01\",reason=\"spool-full\"} 0", text, StringComparison.Ordinal);
        Assert.Contains("pcifleet_sim_config_writes_total{function=\"0000:00:17.0\",host=\"sim-01\"} 0", text, StringComparison.Ordinal);
        Assert.DoesNotContain("otel_scope", text, StringComparison.Ordinal);
    }

    private static Task<SimulatedFleet> StartAsync(string? directory = null, int hosts = 1)
    {
        string place = directory ?? Directory.CreateTempSubdirectory("fleet-sim-").FullName;
        SimOptions options = new()
        {
            Hosts = hosts,
            DataDirectory = Path.Combine(place, "data"),
            RunDirectory = Path.Combine(place, "run"),
            Mirror = false,
            Metrics = new IPEndPoint(IPAddress.Loopback, 0),
        };
        return SimulatedFleet.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
    }

    private static async Task<long> WritesAsync(ControlClient control) =>
        (await control.StatusAsync(TestContext.Current.CancellationToken)).Hosts[0].ConfigWrites[SmallHost.Drive.ToString()];

    private static async Task<(int Code, string Output, string Error)> ToolAsync(string name, params string[] arguments)
    {
        string? tool = ToolPlaces.Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);
        Assert.SkipUnless(tool is not null, "Needs pciutils.");
        ProcessStartInfo start = new(tool!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, error);
    }
}
