using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests;

/// <summary>The inventory follows what the kernel says happened.</summary>
public sealed class HostInventoryTests : IEventSink, IDisposable
{
    private const string One = "0000:01:00.0";
    private const string Other = "0000:02:00.0";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("inventory-");
    private readonly ScriptedHardware _hardware = new();
    private readonly List<FleetEvent> _events = [];
    private readonly HostBroker _broker;
    private readonly HostInventory _inventory;

    public HostInventoryTests()
    {
        FakeTimeProvider time = new();
        BrokerOptions options = new() { Ceiling = EnforcementMode.Enforce, JournalPath = Path.Combine(_directory.FullName, "journal") };
        _broker = new HostBroker(options, this, time);
        _inventory = new HostInventory(_hardware, _broker, this, time, NullLogger.Instance);
        _hardware[One] = ScriptedHardware.Facts(One);
        _inventory.Refresh(first: true);
        _hardware.Read.Clear();
    }

    [Fact]
    public void Apply_Added_AttachesTheFunctionAndAsksForDiscovery()
    {
        _hardware[Other] = ScriptedHardware.Facts(Other);

        IReadOnlyList<PciAddress> changed = Apply(HardwareChangeKind.Added, Other);

        Assert.Equal([PciAddress.Parse(Other)], changed);
        Assert.True(_broker.TryGet(PciAddress.Parse(Other), out _));
        Assert.Contains("appeared", Assert.Single(Told()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_Removed_AnswersOpenFilesThatItIsGone()
    {
        Assert.True(_broker.TryGet(PciAddress.Parse(One), out BrokeredFunction? open));
        _hardware.Remove(One);

        Apply(HardwareChangeKind.Removed, One);

        Assert.Equal(AccessStatus.Gone, _broker.Read(open, 0, new byte[4], new Caller { Pid = 1, Comm = "lspci" }).Status);
        Assert.Empty(_inventory.Report.Functions);
    }

    [Fact]
    public void Apply_RemovedAndBackAlready_IsAnotherFunctionAllTheSame()
    {
        Assert.True(_broker.TryGet(PciAddress.Parse(One), out BrokeredFunction? before));

        Apply(HardwareChangeKind.Removed, One);
        Apply(HardwareChangeKind.Added, One);

        Assert.True(_broker.TryGet(PciAddress.Parse(One), out BrokeredFunction? after));
        Assert.NotSame(before, after);
        Assert.Equal(AccessStatus.Gone, _broker.Read(before, 0, new byte[4], new Caller { Pid = 1, Comm = "lspci" }).Status);
    }

    [Fact]
    public void Apply_Bound_KeepsOpenFilesAndReadsItAgain()
    {
        Assert.True(_broker.TryGet(PciAddress.Parse(One), out BrokeredFunction? open));
        _hardware[One] = ScriptedHardware.Facts(One, driver: "vfio-pci", owner: "vm");

        Apply(HardwareChangeKind.Bound, One);

        Assert.Equal([PciAddress.Parse(One)], _hardware.Read);
        Assert.Equal(AccessStatus.Done, _broker.Read(open, 0, new byte[4], new Caller { Pid = 1, Comm = "lspci" }).Status);
        Assert.Equal("vm", Assert.Single(_broker.Mailboxes(PciAddress.Parse(One))).Owner);
        Assert.Contains("bound to vfio-pci", Assert.Single(Told()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_OwnerChanged_IsToldByTheMailboxAndNotAsAnotherFunction()
    {
        _hardware[One] = ScriptedHardware.Facts(One, owner: "kernel");

        IReadOnlyList<PciAddress> changed = Apply(HardwareChangeKind.Changed, One);

        Assert.Equal([PciAddress.Parse(One)], changed);
        Assert.Empty(Told());
        Assert.Contains(_events, e => e.Kind is EventKinds.MailboxState && e.Detail!.Contains("'kernel'", StringComparison.Ordinal));
        Assert.Empty(_hardware.Read);
    }

    [Fact]
    public void Apply_Overrun_LooksAtEverything()
    {
        _hardware.Remove(One);
        _hardware[Other] = ScriptedHardware.Facts(Other);

        _inventory.Apply(new HardwareChange(HardwareChangeKind.Overrun, null));

        Assert.Equal([PciAddress.Parse(Other)], _inventory.Report.Functions.Select(f => f.Address));
    }

    [Fact]
    public void Apply_OfAFunctionThatIsGoneAgain_ChangesNothing()
    {
        Assert.Empty(Apply(HardwareChangeKind.Added, Other));
        Assert.Empty(Told());
    }

    [Fact]
    public void Refresh_NothingChanged_ReadsNoConfigurationSpace()
    {
        Assert.Empty(_inventory.Refresh(first: false));
        Assert.Empty(_hardware.Read);
        Assert.Empty(Told());
    }

    void IEventSink.Publish(FleetEvent fleetEvent) => _events.Add(fleetEvent);

    public void Dispose()
    {
        _inventory.Dispose();
        _broker.Dispose();
        _directory.Delete(recursive: true);
    }

    private IReadOnlyList<PciAddress> Apply(HardwareChangeKind kind, string address) => _inventory.Apply(new HardwareChange(kind, PciAddress.Parse(address)));

    private IEnumerable<FleetEvent> Told() => _events.Where(e => e.Kind is EventKinds.InventoryChanged);
}
