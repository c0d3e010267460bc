using Fleet.Agent;
using Fleet.Agent.Sensors;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.MirrorHost.Kills;

/// <summary>The machine of <see cref="DeviceServer"/> as an agent sees it: attribute files in a directory, configuration spaces over the link.</summary>
internal sealed class RemoteHardware(string tree, DeviceLink link) : IHardware
{
    private readonly ChangeFeed _changes = new();

    public string PciRoot => tree;

    public HostFacts ReadFacts() => new()
    {
        Name = "kill-trial",
        MachineId = "0123456789abcdef0123456789abcdef",
        BootId = "kill-trial",
        Kernel = "simulated",
        Architecture = "x86_64",
        Lockdown = "none",
        AgentVersion = "0",
        Intercept = "none",
        Mode = EnforcementMode.Observe,
        Simulated = true,
    };

    public IReadOnlyList<PciAddress> Addresses() => link.Addresses();

    public IReadOnlyList<string> ConfigPaths(PciAddress address) => [$"{tree}/devices/{address}/config"];

    public FunctionFacts ReadFunction(PciAddress address, FunctionFacts? known) => link.Function(address);

    public IConfigSpace Open(PciAddress address) => new Space(address, link);

    public IAsyncEnumerable<HardwareChange> Changes(CancellationToken ct) => _changes.ReadAsync(ct);

    /// <summary>Says what the kernel would say.</summary>
    public void Announce(HardwareChange change) => _changes.Publish(change);

    public IReadOnlyList<ISensor> CreateSensors(SensorContext context) => [];

    private sealed class Space(PciAddress address, DeviceLink link) : IConfigSpace
    {
        public PciAddress Address => address;

        public int Size => ConfigImage.ExtendedSize;

        public ConfigResult Read(int offset, Span<byte> destination) => link.Read(address, offset, destination);

        public ConfigResult Write(int offset, ReadOnlySpan<byte> source) => link.Write(address, offset, source);
    }
}
