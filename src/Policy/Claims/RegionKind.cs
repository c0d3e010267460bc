namespace Fleet.Policy;

/// <summary>What sort of region a claim covers; a label of metrics.</summary>
public enum RegionKind
{
    /// <summary>A fixed range of bytes.</summary>
    Range,

    /// <summary>The registers of a DOE mailbox.</summary>
    Doe,

    /// <summary>A conventional or extended capability.</summary>
    Capability,

    /// <summary>The whole function.</summary>
    Whole,

    /// <summary>Base address registers.</summary>
    Bar,
}
