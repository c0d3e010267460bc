using System.Collections.Immutable;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Appraisal;

/// <summary>The evidence as the verifier reads it, worked out once for all checks.</summary>
internal sealed class Reading
{
    private readonly Dictionary<byte, ChainFinding> _chains = [];

    public Reading(AppraisalRequest request, ChainVerifier chains)
    {
        Request = request;
        Conversation = Conversation.Rebuild(request.Messages, request.Plan.Agreements);
        Challenge = Conversation.SignedTranscripts.LastOrDefault(signed => signed.Challenge is not null);
        Measured = Conversation.SignedTranscripts.LastOrDefault(signed => signed.Measurements is not null);
        foreach (byte slot in Conversation.SignedTranscripts.Select(signed => signed.Slot).Distinct())
        {
            _chains[slot] = Negotiated is { IsSound: true } negotiated && Conversation.ChainBlobs.TryGetValue(slot, out ReadOnlyMemory<byte> blob)
                ? chains.Verify(blob, negotiated, request.Policy.Anchors)
                : ChainFinding.Unsound($"The chain of slot {slot} is not part of the evidence.");
        }

        Unverified = Conversation.SignedTranscripts.FirstOrDefault(signed =>
            _chains[signed.Slot].Key?.Verify(Negotiated!, signed.Context, signed.Transcript.Span, signed.Signature.Span) != true);
        Blocks = Measured is null ? [] : Latest(Measured.Covered);
    }

    public AppraisalRequest Request { get; }

    public AppraisalPolicy Policy => Request.Policy;

    public DeviceHistory History => Request.History;

    public Conversation Conversation { get; }

    public Negotiated? Negotiated => Conversation.Negotiated;

    /// <summary>The last challenge that was signed.</summary>
    public SignedTranscript? Challenge { get; }

    /// <summary>The last measurements that were signed.</summary>
    public SignedTranscript? Measured { get; }

    /// <summary>A transcript that its slot's leaf did not sign; null where all are verified.</summary>
    public SignedTranscript? Unverified { get; }

    /// <summary>Whether something was signed, and all that was is verified.</summary>
    public bool Verified => Unverified is null && Conversation.SignedTranscripts.Length > 0;

    /// <summary>What measurements were signed and verified, the latest of each index; nothing else counts as measured.</summary>
    public ImmutableArray<MeasurementBlock> Blocks { get; }

    /// <summary>The findings on chains whose keys signed something, by slot.</summary>
    public IReadOnlyDictionary<byte, ChainFinding> Chains => _chains;

    /// <summary>The chain of the measurements, or of the challenge where nothing was measured.</summary>
    public ChainFinding? Chain => (Measured ?? Challenge) is { } signed ? _chains[signed.Slot] : null;

    /// <summary>Whether the challenge's summary of all measurements is the hash of those given after it; null where the two cannot be compared.</summary>
    public bool? SummaryMatches =>
        Challenge?.Challenge is { Request.Summary: 0xFF, Response.Summary.IsEmpty: false } challenge && Measured is { AskedRaw: false } && Negotiated is { } negotiated
            ? SpdmAlgorithms.Hash(negotiated.Selection.BaseHash, [.. Blocks.SelectMany(block => block.Raw.ToArray())]).AsSpan().SequenceEqual(challenge.Response.Summary.Span)
            : null;

    private static ImmutableArray<MeasurementBlock> Latest(ImmutableArray<MeasurementsResponse> responses)
    {
        if (responses.Length == 1)
        {
            return responses[0].Blocks; // As given: the summary is taken in the responder's own order.
        }

        SortedDictionary<byte, MeasurementBlock> latest = [];
        foreach (MeasurementBlock block in responses.SelectMany(response => response.Blocks))
        {
            latest[block.Index] = block;
        }

        return [.. latest.Values];
    }
}
