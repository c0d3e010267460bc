using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Attestation;

/// <summary>What a run brought: everything in wire order, and how it ended.</summary>
internal sealed record AttestationRun(IReadOnlyList<EvidenceMessage> Messages, RequesterEnd End, TimeSpan Took)
{
    /// <summary>The evidence alone.</summary>
    public IReadOnlyList<RawMessage> Evidence => [.. Messages.Select(message => new RawMessage(message.IsRequest, message.Bytes) { IsSecured = message.Secured })];
}
