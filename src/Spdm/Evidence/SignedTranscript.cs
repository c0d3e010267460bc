using System.Collections.Immutable;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Evidence;

/// <summary>A transcript with its signature: M1 of a challenge or L1 of measurements, and the slot whose key signed it.</summary>
public sealed record SignedTranscript(string Context, byte Slot, ReadOnlyMemory<byte> Transcript, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The challenge's request and response, null for measurements.</summary>
    public (ChallengeRequest Request, ChallengeAuthResponse Response)? Challenge { get; init; }

    /// <summary>The last pair of measurements' request and response, null for a challenge.</summary>
    public (MeasurementsRequest Request, MeasurementsResponse Response)? Measurements { get; init; }

    /// <summary>A key exchange's request and response, null for others.</summary>
    public (KeyExchangeRequest Request, KeyExchangeResponse Response)? KeyExchange { get; init; }

    /// <summary>All responses to GET_MEASUREMENTS that the signature covers, in wire order.</summary>
    public ImmutableArray<MeasurementsResponse> Covered { get; init; } = [];

    /// <summary>Whether one of them was asked to be raw, so that its blocks need not be those of a summary.</summary>
    public bool AskedRaw { get; init; }
}
