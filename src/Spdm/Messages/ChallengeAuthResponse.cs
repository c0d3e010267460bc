using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>CHALLENGE_AUTH; <see cref="Covered"/> is what of it enters M1/M2.</summary>
public sealed record ChallengeAuthResponse(
    ReadOnlyMemory<byte> Covered, byte SlotMask, ReadOnlyMemory<byte> ChainHash, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Summary, ReadOnlyMemory<byte> Opaque, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Parses the answer to a request: slot and context echoed.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, Negotiated negotiated, ChallengeRequest request, [NotNullWhen(true)] out ChallengeAuthResponse? message)
    {
        MessageReader reader = new(source);
        (byte slot, byte mask) = reader.Header(negotiated.Version, SpdmCode.ChallengeAuth);
        reader.Require((slot & 0xF) == (request.Slot & 0xF));
        ReadOnlyMemory<byte> chain = reader.Take(negotiated.HashSize);
        ReadOnlyMemory<byte> nonce = reader.Take(32);
        ReadOnlyMemory<byte> summary = request.Summary != 0 && negotiated.MeasurementCapability != 0 ? reader.Take(negotiated.HashSize) : default;
        ReadOnlyMemory<byte> opaque = OpaqueData.Read(ref reader, negotiated);
        if (negotiated.Version >= SpdmVersion.V13)
        {
            reader.Require(reader.Take(8).Span.SequenceEqual(request.Context.Span));
        }

        int signed = reader.Position;
        ReadOnlyMemory<byte> signature = reader.Take(negotiated.SignatureSize);
        message = reader.TryFinish(out _) ? new(source[..signed], mask, chain, nonce, summary, opaque, signature) : null;
        return message is not null;
    }
}
