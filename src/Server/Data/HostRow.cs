using Fleet.Contracts;
using Fleet.Server.Domain.Hosts;

namespace Fleet.Server.Data;

/// <summary>
/// A host as fleet.db keeps it. What its agent reports is kept as the JSON of the contract it came in, because it is only ever
/// read and replaced as a whole; questions about it are answered from Live/HostDirectory.
/// </summary>
internal sealed class HostRow
{
    public HostId Id { get; init; }

    public required string Name { get; set; }

    /// <summary>The machine id that it joined with. What it says later is in <see cref="Hello"/>, and decides about nobody else.</summary>
    public required string MachineId { get; set; }

    /// <summary>SHA-256 of the public key its certificate was issued for: the identity an agent proves.</summary>
    public required string KeyThumbprint { get; set; }

    public bool Simulated { get; set; }

    public DateTimeOffset Joined { get; set; }

    /// <summary>The join token that admitted it.</summary>
    public required string JoinTokenId { get; set; }

    /// <summary>Whether it may come in.</summary>
    public AccessState Access { get; set; }

    /// <summary>Why it may not; null for a member.</summary>
    public string? AccessReason { get; set; }

    /// <summary>Who said so.</summary>
    public string? AccessBy { get; set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? AccessAt { get; set; }

    /// <summary>Who made that token.</summary>
    public required string AdmittedBy { get; set; }

    /// <summary>Last sign of life as far as the database knows it: written when a connection begins or ends, not per message.</summary>
    public DateTimeOffset LastSeen { get; set; }

    /// <summary>JSON of <see cref="HelloMessage"/>; null until the first hello.</summary>
    public string? Hello { get; set; }

    /// <summary>JSON of <see cref="InventoryReport"/>; null until the first inventory.</summary>
    public string? Inventory { get; set; }

    public DateTimeOffset? InventoryAt { get; set; }

    /// <summary>JSON of <see cref="StateReport"/> (claims, policies in force, rejection); null until the first report.</summary>
    public string? State { get; set; }

    public DateTimeOffset? StateAt { get; set; }

    /// <summary>JSON object of labels.</summary>
    public string Labels { get; set; } = "{}";

    /// <summary>Rises with each change an operator makes; the host's entity tag.</summary>
    public long Version { get; set; } = 1;

    /// <summary>JSON object of policy name → revision that the host is meant to have; written by rollouts.</summary>
    public string Desired { get; set; } = "{}";

    /// <summary>Generation of the desired assignment; rises with each change of it.</summary>
    public long Generation { get; set; }
}
