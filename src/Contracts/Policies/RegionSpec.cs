namespace Fleet.Contracts;

/// <summary>Names a region of a function's configuration space. Exactly one of the forms is set.</summary>
public sealed record RegionSpec
{
    /// <summary>"registers": [cap+08, cap+18) of every DOE capability.</summary>
    public string? Doe { get; init; }

    /// <summary>Every instance of a conventional capability, by short name ("pcie") or id ("0x10").</summary>
    public string? Capability { get; init; }

    /// <summary>Every instance of an extended capability, by id.</summary>
    public int? ExtendedCapability { get; init; }

    /// <summary>First byte of a fixed region; goes with Length.</summary>
    public int? Offset { get; init; }

    /// <summary>Length in bytes of a fixed region.</summary>
    public int? Length { get; init; }

    /// <summary>A base address register, "0" to "5", or "all"; both halves of a 64-bit one.</summary>
    public string? Bar { get; init; }

    /// <summary>True for the whole function.</summary>
    public bool? Whole { get; init; }
}
