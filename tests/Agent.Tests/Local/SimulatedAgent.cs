using System.CommandLine;
using Fleet.Agent.Commands;
using Fleet.Agent.Intercepts;
using Fleet.Agent.Linux;
using Fleet.Agent.Metrics;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Local;

/// <summary>The real agent over a simulated CXL host, and the commands that talk to it over its socket.</summary>
public sealed class SimulatedAgent : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly AgentMetrics _metrics = new();

    internal AgentHost Host { get; private set; } = null!;

    internal bool UserClaims { get; init; }

    public string Run => _directory.File("run");

    public string Socket => Host.SocketPath;

    /// <summary>An expander: two mailboxes, the first with CDAT.</summary>
    public string Expander => Host.Inventory.Functions.First(f => f.Mailboxes.Count is 2).Address.ToString();

    public async ValueTask InitializeAsync()
    {
        // Other users must reach the socket: that they are kept from what is not theirs is the API's doing.
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);
        SimulatedHardware hardware = new(
            "cxl-01", _directory.File("tree"), HostModel.Functions(HostKind.CxlHost, 1), PciIds.Load(PciIds.DefaultPath), TimeProvider.System);
        AgentOptions options = new()
        {
            DataDirectory = _directory.File("data"),
            RunDirectory = Run,
            Ceiling = EnforcementMode.Enforce,
            Intercept = InterceptLevel.None,
            DriveMailboxes = true,
            UserClaims = UserClaims,
        };
        Host = await AgentHost.StartAsync(options, hardware, _metrics, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        await WaitFor.TrueAsync(() => Host.Broker.Functions.All(f => f.Facts.Mailboxes.All(m => m.Features.Count > 0 || m.DiscoveryNote is not null)));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _metrics.Dispose();
        _directory.Dispose();
    }

    /// <summary>Runs a command of fleet-agent within this process.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(string line, CancellationToken? ct = null)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        InvocationConfiguration configuration = new() { Output = output, Error = error };
        int code = await AgentCommands.Create().Parse($"{line} --run {Run}").InvokeAsync(configuration, ct ?? TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
