using System.CommandLine;
using Fleet.Agent.Commands;
using Fleet.Agent.Intercepts;
using Fleet.Agent.Local;
using Fleet.Agent.Metrics;
using Fleet.Agent.Sensors;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Local;

/// <summary>A whole agent without mirror and server, and the commands that talk to it over its socket.</summary>
public sealed class LocalApiTests : IAsyncLifetime
{
    private static readonly PciAddress Function = PciAddress.Parse("0000:01:00.0");
    private readonly TemporaryDirectory _directory = new();
    private readonly AgentMetrics _metrics = new();
    private AgentHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _metrics.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Start_Socket_IsForEverybodyWhoReachesItsDirectory() => Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(_host.SocketPath));

    [Fact]
    public async Task Start_SecondAgentInTheSameDirectory_IsToldWhoIsThere()
    {
        AgentStartException e = await Assert.ThrowsAsync<AgentStartException>(StartAsync);

        Assert.Contains($"process {Environment.ProcessId}", e.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_host.SocketPath), "the first agent's socket stays");
    }

    [Fact]
    public async Task Doctor_NotJoined_SaysSo()
    {
        (int code, string output, _) = await RunAsync("doctor");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("has not joined a server", output, StringComparison.Ordinal);
        Assert.Contains("not connected", output, StringComparison.Ordinal);
    }

    private async Task<AgentHost> StartAsync()
    {
        AgentOptions options = new()
        {
            DataDirectory = _directory.File("data"),
            RunDirectory = _directory.File("run"),
            Ceiling = EnforcementMode.Enforce,
            Intercept = InterceptLevel.None,
        };
        return await AgentHost.StartAsync(options, new HardwareDouble(_directory.Path), _metrics, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        InvocationConfiguration configuration = new() { Output = output, Error = error };
        int code = await AgentCommands.Create().Parse($"{line} --run {_directory.File("run")}").InvokeAsync(configuration, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private sealed class HardwareDouble(string root) : IHardware
    {
        public string PciRoot => root;

        public HostFacts ReadFacts() => EnrolmentTests.Facts();

        public IReadOnlyList<PciAddress> Addresses() => [Function];

        public IReadOnlyList<string> ConfigPaths(PciAddress address) => [];

        public FunctionFacts ReadFunction(PciAddress address, FunctionFacts? known) => new()
        {
            Address = address,
            VendorId = "144d",
            DeviceId = "a80a",
            ClassCode = "010802",
            Driver = "nvme",
            ConfigSize = 4096,
        };

        public IConfigSpace Open(PciAddress address) => new EmptySpace(address);

        public IAsyncEnumerable<HardwareChange> Changes(CancellationToken ct) => new ChangeFeed().ReadAsync(ct);

        public IReadOnlyList<ISensor> CreateSensors(SensorContext context) => [];
    }

    private sealed class EmptySpace(PciAddress address) : IConfigSpace
    {
        public PciAddress Address => address;

        public int Size => 4096;

        public ConfigResult Read(int offset, Span<byte> destination)
        {
            destination.Clear();
            return ConfigResult.Done(destination.Length);
        }

        public ConfigResult Write(int offset, ReadOnlySpan<byte> source) => ConfigResult.Done(source.Length);
    }
}
