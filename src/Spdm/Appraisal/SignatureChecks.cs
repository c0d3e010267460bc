using System.Globalization;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Messages;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Appraisal;

/// <summary>Nonces, transcripts and freshness: that what is appraised was signed, for us, now.</summary>
internal static class SignatureChecks
{
    public static CheckResult Nonce(Reading reading)
    {
        (CheckOutcome outcome, string seen) = reading.Request.Nonces switch
        {
            NonceState.Used => (CheckOutcome.Fail, "The nonces were used before, or never made: this is a replay."),
            _ when reading.Conversation.SignedTranscripts.IsEmpty => (CheckOutcome.Unproven, "Nothing was signed for a nonce."),
            _ when Foreign(reading) is { } foreign => (CheckOutcome.Fail, foreign),
            NonceState.Expired => (CheckOutcome.Unproven, "The evidence came after its nonces had expired."),
            _ => (CheckOutcome.Pass, $"{reading.Conversation.SignedTranscripts.Length} signatures answer nonces made for this run."),
        };
        return new(AppraisalCheck.Nonce, outcome, seen);
    }

    private static string? Foreign(Reading reading)
    {
        foreach (SignedTranscript signed in reading.Conversation.SignedTranscripts)
        {
            (ReadOnlyMemory<byte> nonce, ReadOnlyMemory<byte> context, ReadOnlyMemory<byte> theirs) = signed switch
            {
                { Challenge: { } challenge } => (challenge.Request.Nonce, challenge.Request.Context, challenge.Response.Nonce),
                { KeyExchange: { } exchange } => (exchange.Request.Random, default, exchange.Response.Random),
                { Measurements: { } measurements } => (measurements.Request.Nonce, measurements.Request.Context, measurements.Response.Nonce),
                _ => default,
            };
            PlanStep? step = reading.Request.Plan.Steps.FirstOrDefault(candidate =>
                candidate.Nonce.Length == 32 && candidate.Nonce.Span.SequenceEqual(nonce.Span)
                && (candidate.Action == PlanAction.Challenge) == (signed.Challenge is not null)
                && (candidate.Action == PlanAction.Session) == (signed.KeyExchange is not null));
            if (step is null)
            {
                return $"A signature answers the nonce {Convert.ToHexStringLower(nonce.Span[..4])}…, which is none of this run's: this is a replay.";
            }

            if (reading.Negotiated!.Version >= SpdmVersion.V13 && signed.KeyExchange is null && !step.Context.Span.SequenceEqual(context.Span))
            {
                return "A signature answers another requester context than this run's.";
            }

            if (!theirs.Span.ContainsAnyExcept((byte)0))
            {
                return "The responder's own nonce is all zeros.";
            }
        }

        return null;
    }

    public static CheckResult Transcript(Reading reading)
    {
        (CheckOutcome outcome, string seen) = reading switch
        {
            { Conversation.SignedTranscripts.IsEmpty: true } => (CheckOutcome.Unproven, "Nothing was signed."),
            { Policy.Anchors.IsEmpty: true } => (CheckOutcome.Unproven, "There is no anchor for this device, so no key to verify with."),
            { Unverified: { } unverified } => (
                CheckOutcome.Fail,
                reading.Chains[unverified.Slot].Problem is { } problem
                    ? $"No key to verify with: {problem}"
                    : $"The leaf of slot {unverified.Slot} did not sign what was rebuilt ({unverified.Context}, {unverified.Transcript.Length} bytes)."),
            _ => (CheckOutcome.Pass, string.Join("; ", reading.Conversation.SignedTranscripts.Select(signed => $"{signed.Context}, slot {signed.Slot}, {signed.Transcript.Length} bytes"))),
        };
        return new(AppraisalCheck.Transcript, outcome, seen);
    }

    public static CheckResult Freshness(Reading reading)
    {
        (CheckOutcome outcome, string seen) = reading switch
        {
            { Verified: false } => (CheckOutcome.NotApplicable, "Nothing was verified that could be fresh."),
            { Measured: null } => (CheckOutcome.NotApplicable, "No measurements were signed."),
            { Challenge: { } challenge, Measured: { } measured } when challenge.Slot != measured.Slot =>
                (CheckOutcome.Fail, $"Slot {challenge.Slot} was challenged, slot {measured.Slot} measured."),
            { Measured: { } measured } when measured.Covered.Any(response => response.ContentChanged == 1) =>
                (CheckOutcome.Fail, "The responder says that a measurement changed while it was read."),
            { Measured: { } measured } when Contradiction(measured) is { } index =>
                (CheckOutcome.Fail, string.Create(CultureInfo.InvariantCulture, $"Measurement 0x{index:x2} was given twice, and not the same.")),
            { SummaryMatches: false } => (CheckOutcome.Fail, "The summary in CHALLENGE_AUTH is not the hash of the measurements given after it."),
            { SummaryMatches: true } => (CheckOutcome.Pass, "The summary in CHALLENGE_AUTH is the hash of the measurements given after it."),
            _ => (CheckOutcome.Pass, "Measurements were signed for their own nonce; there is no summary to compare."),
        };
        return new(AppraisalCheck.Freshness, outcome, seen);
    }

    private static byte? Contradiction(SignedTranscript measured)
    {
        Dictionary<byte, MeasurementBlock> seen = [];
        foreach (MeasurementBlock block in measured.Covered.SelectMany(response => response.Blocks))
        {
            if (seen.TryGetValue(block.Index, out MeasurementBlock? before) && !before.Raw.Span.SequenceEqual(block.Raw.Span))
            {
                return block.Index;
            }

            seen[block.Index] = block;
        }

        return null;
    }
}
