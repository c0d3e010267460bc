using Fleet.Contracts;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Attestation;

/// <summary>What a run brought: everything in wire order, and how it ended.</summary>
internal sealed record AttestationRun
{
    /// <summary>The way by which the device was asked: "doe", "socket", "kernel".</summary>
    public required string Provider { get; init; }

    /// <summary>Where the responder was, for people.</summary>
    public required string Place { get; init; }

    public required EvidenceEnd End { get; init; }

    /// <summary>How it ended, one sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>In wire order; none where nothing was said.</summary>
    public IReadOnlyList<RunMessage> Messages { get; init; } = [];

    public TimeSpan Took { get; init; }

    /// <summary>Offset of the mailbox; null where there was none.</summary>
    public int? Mailbox { get; init; }

    /// <summary>Whether nobody was seen writing into the device's mailboxes past the queue meanwhile; null where that cannot be told.</summary>
    public bool? Quiet { get; init; }

    /// <summary>Who was seen doing so; null when nobody was.</summary>
    public string? Disturbance { get; init; }

    /// <summary>The evidence alone.</summary>
    public IReadOnlyList<RawMessage> Evidence => [.. Messages.Select(message => new RawMessage(message.IsRequest, message.Bytes) { IsSecured = message.Secured })];

    /// <summary>A run in which nothing was said.</summary>
    public static AttestationRun Without(string provider, string place, EvidenceEnd end, string detail) =>
        new() { Provider = provider, Place = place, End = end, Detail = detail };

    /// <summary>How a requester's end is called on the wire.</summary>
    public static EvidenceEnd EndOf(RequesterFailure? failure) => failure switch
    {
        null => EvidenceEnd.Complete,
        RequesterFailure.PlanMismatch => EvidenceEnd.PlanMismatch,
        RequesterFailure.Malformed => EvidenceEnd.Malformed,
        RequesterFailure.Refused => EvidenceEnd.Refused,
        RequesterFailure.Budget => EvidenceEnd.Budget,
        _ => EvidenceEnd.Transport,
    };
}
