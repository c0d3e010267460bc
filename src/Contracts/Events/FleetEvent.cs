using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>
/// Something that happened on a host. The same record goes from the agent's spool to the page that shows it; nobody re-maps it.
/// (Host, Epoch, Sequence) is its identity: sequences rise by one within an epoch, an epoch is one life of an agent's spool. What the server itself says has epoch 0 or -1.
/// </summary>
public sealed record FleetEvent
{
    /// <summary>The host it happened on; the server refuses a batch that names another host than the agent's certificate.</summary>
    public HostId Host { get; init; }

    /// <summary>The host's name at that time.</summary>
    public string HostName { get; init => field = value ?? ""; } = "";

    /// <summary>Which life of the agent's spool gave the sequence number; 0 or below where the server did.</summary>
    public long Epoch { get; init; }

    /// <summary>Position within the epoch, from 1; an agent's are without holes.</summary>
    public long Sequence { get; init; }

    /// <summary>When it happened, by the agent's clock, UTC. For a merged event the last occurrence.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What happened; see <see cref="EventKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The function concerned, if one is.</summary>
    public PciAddress? Function { get; init; }

    /// <summary>The process that caused it, if one did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Read or write, for accesses.</summary>
    public AccessOperation? Operation { get; init; }

    /// <summary>First byte of the access or region in configuration space, 0 to 4095.</summary>
    public int? Offset { get; init; }

    /// <summary>Length in bytes of the access or region.</summary>
    public int? Length { get; init; }

    /// <summary>How the broker decided.</summary>
    public Decision? Decision { get; init; }

    /// <summary>The claim that the decision rests on.</summary>
    public ClaimReference? Claim { get; init; }

    /// <summary>The sensor that saw it ("kprobe"), for what went around the broker.</summary>
    public string? Sensor { get; init; }

    /// <summary>The DOE feature concerned ("0001:01"), if one is.</summary>
    public string? Feature { get; init; }

    /// <summary>
    /// How long it waited for another, in milliseconds, when it waited; of a merged event the longest wait. It ended at Time. Null as well
    /// where an agent of an earlier version said it in the detail alone.
    /// </summary>
    public long? WaitedMilliseconds { get; init; }

    /// <summary>
    /// What went wrong, where <see cref="Kind"/> is <see cref="EventKinds.MailboxFault"/>: "foreign-response", "timeout", "busy-at-entry",
    /// "disturbed", "interleaved", "discarded" and others. Null as well where an agent of an earlier version said it in the detail alone.
    /// </summary>
    public string? Fault { get; init; }

    /// <summary>How many occurrences this record stands for, at least 1.</summary>
    public long Count { get; init => field = Math.Max(value, 1); } = 1;

    /// <summary>
    /// True when nobody knows how many there were: of the interval from First to Time any number of events may be missing. Only where
    /// <see cref="Kind"/> is <see cref="EventKinds.AgentLoss"/>; Count is 1 then, and means this record.
    /// </summary>
    public bool? CountUnknown { get; init; }

    /// <summary>The first occurrence, when Count is above 1 or unknown.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>One sentence for an operator: what happened, to what, and what to do.</summary>
    public string? Detail { get; init; }

    /// <summary>HOST-EPOCH-SEQUENCE.</summary>
    public string Id => $"{Host}-{Epoch}-{Sequence}";
}
