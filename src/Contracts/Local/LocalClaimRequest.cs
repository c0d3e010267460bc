using System.Text.Json.Serialization;
using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Asks for claims on a region of a function; a region that is there several times (two mailboxes) gets a claim each, or none does.</summary>
public sealed record LocalClaimRequest
{
    /// <summary>With the actions that hold when none is named.</summary>
    [JsonConstructor]
    public LocalClaimRequest(ClaimAction onRead = ClaimAction.Allow, ClaimAction onWrite = ClaimAction.Refuse) => (OnRead, OnWrite) = (onRead, onWrite);

    /// <summary>The function.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>The region, in the words of a policy.</summary>
    public RegionSpec? Region { get; init; }

    /// <summary>In place of Region: the registers of the one DOE mailbox whose capability is at this offset.</summary>
    public int? Mailbox { get; init; }

    /// <summary>Why, for whoever meets the claim; 1 to 200 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>For how long, in seconds; null for the agent's default.</summary>
    public double? Seconds { get; init; }

    /// <summary>The process that shall hold it, in the agent's pid namespace; null for the one that asks.</summary>
    public int? Pid { get; init; }

    /// <summary>True to hold it beside others who hold it shared.</summary>
    public bool Shared { get; init; }

    /// <summary>How long accesses of others wait where the action is wait, in milliseconds; null for the agent's default.</summary>
    public int? WaitMilliseconds { get; init; }

    /// <summary>What happens to reads of others.</summary>
    public ClaimAction OnRead { get; init; }

    /// <summary>What happens to writes of others.</summary>
    public ClaimAction OnWrite { get; init; }
}
