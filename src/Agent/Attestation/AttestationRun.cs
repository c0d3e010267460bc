using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Attestation;

/// <summary>What a run brought: everything in wire order, and how it ended.</summary>
internal sealed record AttestationRun(IReadOnlyList<EvidenceMessage> Messages, RequesterEnd End, TimeSpan Took)
{
    /// <summary>Where the responder was, for people.</summary>
    public required string Place { get; init; }

    /// <summary>Offset of the mailbox; null where there was none.</summary>
    public int? Mailbox { get; init; }

    /// <summary>Who was seen writing into the device's mailboxes past the queue meanwhile; null when nobody was.</summary>
    public string? Disturbance { get; init; }

    /// <summary>The evidence alone.</summary>
    public IReadOnlyList<RawMessage> Evidence => [.. Messages.Select(message => new RawMessage(message.IsRequest, message.Bytes) { IsSecured = message.Secured })];
}
