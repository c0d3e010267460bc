namespace Fleet.Contracts;

/// <summary>A function with everything known of it.</summary>
public sealed record FunctionDetail
{
    /// <summary>What lists show.</summary>
    public required FunctionView Function { get; init; }

    /// <summary>Size of the configuration space in bytes.</summary>
    public required int ConfigSize { get; init; }

    /// <summary>The bytes that were read; ranges never read are absent.</summary>
    public required IReadOnlyList<ConfigRange> Config { get; init; }

    /// <summary>When the agent last reported them; null when never.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>The capabilities with their registers decoded, the header first.</summary>
    public required IReadOnlyList<DecodedCapability> Decoded { get; init; }

    /// <summary>Claims in force.</summary>
    public required IReadOnlyList<ClaimView> ClaimsInForce { get; init; }

    /// <summary>Accesses by offset in the last hour, from contention events.</summary>
    public required IReadOnlyList<AccessHeat> Heat { get; init; }

    /// <summary>Kernel's doe_features; null when the kernel has no such directory.</summary>
    public IReadOnlyList<string>? KernelDoeFeatures { get; init; }

    /// <summary>Power state when last reported.</summary>
    public string? PowerState { get; init; }

    /// <summary>NUMA node; null when unknown.</summary>
    public int? NumaNode { get; init; }
}
