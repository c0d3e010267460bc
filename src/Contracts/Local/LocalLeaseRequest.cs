using System.Text.Json.Serialization;
using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Asks for a lease: break-glass permission for some callers, in spite of claims, for a time, with a reason.</summary>
public sealed record LocalLeaseRequest
{
    /// <summary>For writes too unless it says otherwise.</summary>
    [JsonConstructor]
    public LocalLeaseRequest(bool write = true) => Write = write;

    /// <summary>The function; null for every function of the host.</summary>
    public PciAddress? Function { get; init; }

    /// <summary>What part of it; null for the whole.</summary>
    public RegionSpec? Region { get; init; }

    /// <summary>Whom to let through. Either this or Pid.</summary>
    public CallerRule? Callers { get; init; }

    /// <summary>The one process to let through, in the agent's pid namespace; the lease ends with it. Either this or Callers.</summary>
    public int? Pid { get; init; }

    /// <summary>Whether writes are let through as well as reads.</summary>
    public bool Write { get; init; }

    /// <summary>Why, for the record; 1 to 200 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>For how long, in seconds, counted since boot.</summary>
    public required double Seconds { get; init; }
}
