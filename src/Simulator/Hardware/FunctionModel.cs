using Fleet.Pci;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Capabilities;
using Fleet.Simulator.Hardware.Mailboxes;

namespace Fleet.Simulator.Hardware;

/// <summary>What a simulated function is, before it exists.</summary>
internal sealed record FunctionModel
{
    public PciAddress Address { get; init; }

    public required ushort Vendor { get; init; }

    public required ushort Device { get; init; }

    /// <summary>Class, subclass and programming interface.</summary>
    public required uint ClassCode { get; init; }

    public byte Revision { get; init; }

    public ushort SubsystemVendor { get; init; }

    public ushort SubsystemDevice { get; init; }

    public string? Driver { get; init; }

    /// <summary>The buses behind a bridge; null for an endpoint.</summary>
    public BridgeModel? Bridge { get; init; }

    public IReadOnlyList<BarModel> Bars { get; init; } = [];

    public int Irq { get; init; }

    public int NumaNode { get; init; }

    /// <summary>The slot a hot-plug port leads to, as /sys/bus/pci/slots names it; null for what is soldered on.</summary>
    public int? Slot { get; init; }

    /// <summary>Capabilities in chain order; conventional and extended ones may be mixed.</summary>
    public IReadOnlyList<CapabilityPart> Parts { get; init; } = [];

    /// <summary>Mailboxes by rising offset; their capabilities end the extended chain.</summary>
    public IReadOnlyList<MailboxModel> Mailboxes { get; init; } = [];

    /// <summary>Everything the mailboxes speak, each feature once.</summary>
    public IReadOnlyList<DoeFeature> Features => [.. Mailboxes.SelectMany(m => m.Features).Distinct()];
}
