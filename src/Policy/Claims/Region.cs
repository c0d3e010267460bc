namespace Fleet.Policy;

/// <summary>A region of one function's configuration space.</summary>
internal readonly record struct Region(RegionKind Kind, int Offset, int Length);
