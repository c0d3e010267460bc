using Fleet.Agent.Sensors;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Tests;

/// <summary>A machine whose functions a test puts in and takes out.</summary>
internal sealed class ScriptedHardware : IHardware
{
    private readonly SortedDictionary<PciAddress, FunctionFacts> _functions = [];

    public string PciRoot => "/nowhere";

    /// <summary>Feeds <see cref="Changes"/>.</summary>
    public ChangeFeed Feed { get; } = new();

    /// <summary>Functions whose configuration space was read, and not only their cached attributes.</summary>
    public List<PciAddress> Read { get; } = [];

    public FunctionFacts this[string address]
    {
        get => _functions[PciAddress.Parse(address)];
        set => _functions[PciAddress.Parse(address)] = value;
    }

    public static FunctionFacts Facts(string address, string device = "a80a", string? driver = "nvme", string owner = "broker") => new()
    {
        Address = PciAddress.Parse(address),
        VendorId = "144d",
        DeviceId = device,
        ClassCode = "010802",
        Driver = driver,
        ConfigSize = 4096,
        Mailboxes = [new MailboxFacts { Offset = 0x190, Owner = owner, OwnerReason = "A test says so.", State = "free" }],
    };

    public void Remove(string address) => _functions.Remove(PciAddress.Parse(address));

    public IReadOnlyList<string> ConfigPaths(PciAddress address) => [];

    public HostFacts ReadFacts() => EnrolmentTests.Facts();

    public IReadOnlyList<PciAddress> Addresses() => [.. _functions.Keys];

    public FunctionFacts ReadFunction(PciAddress address, FunctionFacts? known)
    {
        if (known is null)
        {
            Read.Add(address);
        }

        return _functions.TryGetValue(address, out FunctionFacts? facts) ? facts : throw new DirectoryNotFoundException($"{address} is gone.");
    }

    public IConfigSpace Open(PciAddress address) => new Space(address);

    public IAsyncEnumerable<HardwareChange> Changes(CancellationToken ct) => Feed.ReadAsync(ct);

    public IReadOnlyList<ISensor> CreateSensors(SensorContext context) => [];

    private sealed class Space(PciAddress address) : IConfigSpace
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
