namespace Fleet.Pci.Capabilities;

/// <summary>Something odd that a walk met.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where: the header concerned, or the header whose pointer is odd.</param>
/// <param name="Detail">One sentence with the values met.</param>
public readonly record struct WalkFinding(WalkFindingKind Kind, int Offset, string Detail);
