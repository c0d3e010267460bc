using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware;

/// <summary>What a simulated function is, before it exists.</summary>
internal sealed record FunctionModel
{
    public required PciAddress Address { get; init; }

    public required ushort Vendor { get; init; }

    public required ushort Device { get; init; }

    /// <summary>Class, subclass and programming interface.</summary>
    public required uint ClassCode { get; init; }

    public byte Revision { get; init; }

    public ushort SubsystemVendor { get; init; }

    public ushort SubsystemDevice { get; init; }

    public string? Driver { get; init; }

    /// <summary>The bus behind a root port; null for an endpoint.</summary>
    public byte? SecondaryBus { get; init; }

    /// <summary>Base and size of a 64-bit memory BAR 0; a size of 0 is none.</summary>
    public ulong BarBase { get; init; }

    public uint BarSize { get; init; }

    public int Irq { get; init; }

    /// <summary>Offset of the DOE capability; null for none.</summary>
    public int? Doe { get; init; }

    public IReadOnlyList<IDoeResponder> Responders { get; init; } = [];

    public MailboxFault Fault { get; init; }

    public ConfigFault ConfigFault { get; init; }

    public IReadOnlyList<DoeFeature> Features => Doe is null ? [] : [DoeFeature.Discovery, .. Responders.Select(r => r.Feature)];
}
