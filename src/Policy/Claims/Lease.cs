using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Policy;

/// <summary>
/// Break-glass: lets some callers through in spite of claims, until it ends. It claims nothing: what others may do stays as it was.
/// </summary>
public sealed record Lease
{
    /// <summary>Identity on the host.</summary>
    public required string Id { get; init; }

    /// <summary>The function; null for every function of the host.</summary>
    public PciAddress? Function { get; init; }

    /// <summary>What part of the function.</summary>
    public required RegionSpec Region { get; init; }

    /// <summary>Whom it lets through; null when it names a process.</summary>
    public CallerRule? Callers { get; init; }

    /// <summary>The one process that it lets through; null when it names callers.</summary>
    public Caller? Process { get; init; }

    /// <summary>Whether the process may also write; callers say so by their rule.</summary>
    public bool Write { get; init; }

    /// <summary>Whom it is for, in words.</summary>
    public required string Holder { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it ends at the latest, as the clock stood when it was granted.</summary>
    public required DateTimeOffset Expires { get; init; }
}
