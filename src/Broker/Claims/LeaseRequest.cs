using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>Asks for a break-glass permission: for some callers, in spite of claims, for a time, with a reason.</summary>
public sealed record LeaseRequest
{
    /// <summary>The function; null for every function of the host.</summary>
    public PciAddress? Function { get; init; }

    /// <summary>What part of the function; the whole of it unless told otherwise.</summary>
    public RegionSpec Region { get; init; } = new() { Whole = true };

    /// <summary>Whom to let through, by executable, its hash, user, unit or container. Either this or Process.</summary>
    public CallerRule? Callers { get; init; }

    /// <summary>The one process to let through; it ends with it. Either this or Callers.</summary>
    public Caller? Process { get; init; }

    /// <summary>Whether writes are let through as well.</summary>
    public bool Write { get; init; } = true;

    /// <summary>Why, for the record; 1 to 200 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>For how long, counted since boot.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>When it ends at the latest by the host's clock; null for no such limit.</summary>
    public DateTimeOffset? NotAfter { get; init; }
}
