using System.Collections.Immutable;

namespace Fleet.Pci.Capabilities;

/// <summary>What the two chains have in common: the function, what was found, and how to say what was odd.</summary>
internal sealed class WalkState(IConfigSpace space)
{
    private readonly ImmutableArray<Capability>.Builder _items = ImmutableArray.CreateBuilder<Capability>();
    private readonly ImmutableArray<WalkFinding>.Builder _findings = ImmutableArray.CreateBuilder<WalkFinding>();

    public IConfigSpace Space => space;

    /// <summary>Device/port type of the PCI Express capability; -1 until one is met.</summary>
    public int PortType { get; set; } = -1;

    public void Add(WalkFindingKind kind, int offset, string detail) => _findings.Add(new WalkFinding(kind, offset, detail));

    /// <summary>Keeps a capability, cut to the end of its space.</summary>
    public void Add(Capability capability, int end)
    {
        int left = end - capability.Offset;
        if (capability.Length > left)
        {
            Add(WalkFindingKind.PastEnd, capability.Offset,
                $"{capability.Name} needs {capability.Length} bytes at {capability.Offset:x3}, but its space ends at {end:x3}.");
            capability = capability with { Length = left };
        }

        _items.Add(capability);
    }

    public CapabilityList Finish()
    {
        ReportOverlaps();
        return new CapabilityList(_items.ToImmutable(), _findings.ToImmutable());
    }

    private void ReportOverlaps()
    {
        Capability[] sorted = [.. _items.OrderBy(item => item.Offset)];
        for (int i = 1; i < sorted.Length; i++)
        {
            Capability before = sorted[i - 1];
            Capability after = sorted[i];
            if (after.Offset < before.Offset + before.Length)
            {
                Add(WalkFindingKind.Overlap, after.Offset,
                    $"{after.Name} at {after.Offset:x3} begins inside {before.Name} ({before.Offset:x3}+{before.Length:x}).");
            }
        }
    }
}
