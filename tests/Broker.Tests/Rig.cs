using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker.Tests;

/// <summary>A broker with its journal in a directory of its own, its events in a list, and a clock that stands.</summary>
internal sealed class Rig : IEventSink, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<FleetEvent> _events = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("broker-");

    public Rig(EnforcementMode ceiling = EnforcementMode.Enforce, byte[]? journal = null, Func<TimeSpan>? sinceBoot = null, string? quarantine = null)
    {
        if (journal is not null)
        {
            File.WriteAllBytes(JournalPath, journal);
        }

        BrokerOptions options = new() { Ceiling = ceiling, JournalPath = JournalPath, JournalCells = 256, QuarantinePath = quarantine };
        Broker = new HostBroker(options, this, Time, sinceBoot);
    }

    public string JournalPath => Path.Combine(_directory.FullName, "journal");

    public ShiftedTime Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public HostBroker Broker { get; }

    public static Caller Setpci { get; } = new() { Pid = 100, StartTime = 5, Uid = 1000, Comm = "setpci", Exe = "/usr/bin/setpci" };

    public static Caller Tool { get; } = new() { Pid = 200, StartTime = 6, Uid = 1000, Comm = "spdm-utils", Exe = "/usr/bin/spdm-utils" };

    public static Caller Root { get; } = new() { Pid = 1, StartTime = 1, Uid = 0, Comm = "bash", Exe = "/bin/bash" };

    public IReadOnlyList<FleetEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public static FunctionFacts Facts(PciAddress address, string owner = "broker") => new()
    {
        Address = address,
        VendorId = "144d",
        DeviceId = "a824",
        ClassCode = "010802",
        ConfigSize = 4096,
        Capabilities = [new CapabilityFacts(0x150, 0x2e, 1, true, "Data Object Exchange", 0x18)],
        Mailboxes = [new MailboxFacts { Offset = 0x150, Owner = owner, OwnerReason = "no driver uses it.", State = "free" }],
    };

    public static CompiledPolicy Policy(params CompiledClaim[] claims) =>
        new() { Name = "p", Revision = 1, Priority = 100, Mode = EnforcementMode.Enforce, Claims = claims };

    public BrokeredFunction Attach(IConfigSpace space, string owner = "broker")
    {
        Broker.Attach(space, Facts(space.Address, owner));
        Assert.True(Broker.TryGet(space.Address, out BrokeredFunction? function));
        return function;
    }

    public IReadOnlyList<FleetEvent> Of(string kind) => [.. Events.Where(e => e.Kind == kind)];

    public void Publish(FleetEvent fleetEvent)
    {
        lock (_gate)
        {
            _events.Add(fleetEvent);
        }
    }

    public void Dispose()
    {
        Broker.Dispose();
        _directory.Delete(recursive: true);
    }
}
