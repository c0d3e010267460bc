using System.CommandLine;
using Fleet.Agent.Commands;
using Fleet.Agent.Intercepts;
using Fleet.Agent.Linux;
using Fleet.Agent.Metrics;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Spdm;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Local;

/// <summary>The real agent over a simulated CXL host, and the commands that talk to it over its socket.</summary>
public sealed class SimulatedAgent : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly AgentMetrics _metrics = new();
    private SimulatedHardware _hardware = null!;

    internal AgentHost Host { get; private set; } = null!;

    internal bool UserClaims { get; init; }

    public string Run => _directory.File("run");

    public string Socket => Host.SocketPath;

    /// <summary>An expander: two mailboxes, the first with CDAT.</summary>
    public string Expander => Host.Inventory.Functions.First(f => f.Mailboxes.Count is 2).Address.ToString();

    /// <summary>The root certificate of the expander's vendor.</summary>
    public string Anchor => VendorStore.AnchorIn(_directory.File("vendors"), Convert.ToUInt16(Host.Inventory.Functions.First(f => f.Mailboxes.Count is 2).VendorId, 16));

    /// <summary>The expander's simulated self, to be broken.</summary>
    internal SimulatedFunction ExpanderModel => _hardware.Functions.First(f => f.Address.ToString() == Expander);

    public async ValueTask InitializeAsync()
    {
        // Other users must reach the socket: that they are kept from what is not theirs is the API's doing.
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);
        IReadOnlyList<FunctionModel> functions = HostModel.Functions(HostKind.CxlHost, 1);
        VendorStore vendors = new(_directory.File("vendors"), TimeProvider.System);
        vendors.Prepare(functions);
        _hardware = new SimulatedHardware("cxl-01", _directory.File("tree"), functions, PciIds.Load(PciIds.DefaultPath), TimeProvider.System, vendors);
        AgentOptions options = new()
        {
            DataDirectory = _directory.File("data"),
            RunDirectory = Run,
            Ceiling = EnforcementMode.Enforce,
            Intercept = InterceptLevel.None,
            DriveMailboxes = true,
            UserClaims = UserClaims,
        };
        Host = await AgentHost.StartAsync(options, _hardware, _metrics, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
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

    /// <summary>Runs a command until it has said something on stderr, and then presses Ctrl-C.</summary>
    public async Task<int> InterruptAsync(string line, string said)
    {
        using CancellationTokenSource interrupt = new();
        using InterruptingWriter error = new(said, interrupt);
        InvocationConfiguration configuration = new() { Output = TextWriter.Null, Error = error };
        return await AgentCommands.Create().Parse($"{line} --run {Run}").InvokeAsync(configuration, interrupt.Token);
    }

    private sealed class InterruptingWriter(string said, CancellationTokenSource interrupt) : StringWriter
    {
        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            if (ToString().Contains(said, StringComparison.Ordinal))
            {
                await interrupt.CancelAsync();
            }
        }
    }
}
