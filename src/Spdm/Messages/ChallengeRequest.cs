using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>CHALLENGE: 36 bytes, 44 since 1.3. Summary: 0 none, 1 TCB, 0xFF all.</summary>
public sealed record ChallengeRequest(byte Slot, byte Summary, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Context)
{
    /// <summary>Writes the exact message.</summary>
    public byte[] Write(SpdmVersion version)
    {
        MessageWriter writer = new(version >= SpdmVersion.V13 ? 44 : 36);
        writer.Header(version, SpdmCode.Challenge, Slot, Summary);
        writer.Bytes(Nonce.Span);
        if (version >= SpdmVersion.V13)
        {
            writer.Bytes(Context.Span);
        }

        return writer.ToArray();
    }

    /// <summary>Parses a request, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, [NotNullWhen(true)] out ChallengeRequest? message, out ReadOnlyMemory<byte> raw)
    {
        MessageReader reader = new(source);
        (byte slot, byte summary) = reader.Header(version, SpdmCode.Challenge);
        ReadOnlyMemory<byte> nonce = reader.Take(32);
        ReadOnlyMemory<byte> context = version >= SpdmVersion.V13 ? reader.Take(8) : default;
        message = reader.TryFinish(out raw) ? new(slot, summary, nonce, context) : null;
        return message is not null;
    }
}
