using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>A break-glass permission in force on a host: some callers pass there in spite of claims.</summary>
public sealed record LeaseFacts
{
    /// <summary>Identity on the host.</summary>
    public required string Id { get; init; }

    /// <summary>The function; null for every function of the host.</summary>
    public PciAddress? Function { get; init; }

    /// <summary>What part of the function.</summary>
    public required RegionSpec Region { get; init; }

    /// <summary>The callers whom it lets through; null when it is for one process.</summary>
    public CallerRule? Callers { get; init; }

    /// <summary>The process that it lets through; null when it is for callers.</summary>
    public Caller? Process { get; init; }

    /// <summary>Whether it lets writes through, or reads alone.</summary>
    public required bool Write { get; init; }

    /// <summary>Whom it is for, in words.</summary>
    public required string Holder { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who granted it.</summary>
    public required Caller GrantedBy { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it ends at the latest. The agent counts the time since boot, so a clock that is set back prolongs nothing; a restart ends it.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Accesses that passed only because of it.</summary>
    public long Uses { get; init; }
}
