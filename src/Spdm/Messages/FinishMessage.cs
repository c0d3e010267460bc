using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>FINISH or FINISH_RSP, without a signature: a head, opaque data since 1.4, a MAC. <see cref="Covered"/> is what the MAC covers of it.</summary>
public sealed record FinishMessage(ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Covered, ReadOnlyMemory<byte> Mac)
{
    /// <summary>What precedes the MAC in a message without opaque data.</summary>
    public static byte[] Head(SpdmVersion version, SpdmCode code) =>
        version >= SpdmVersion.V14 ? [(byte)version, (byte)code, 0, 0, 0, 0] : [(byte)version, (byte)code, 0, 0];

    /// <summary>Parses either of the two, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, Negotiated negotiated, SpdmCode code, [NotNullWhen(true)] out FinishMessage? message)
    {
        MessageReader reader = new(source);
        (byte signed, _) = reader.Header(negotiated.Version, code);
        reader.Require(code != SpdmCode.Finish || (signed & 1) == 0);
        if (negotiated.Version >= SpdmVersion.V14)
        {
            OpaqueData.Read(ref reader, negotiated);
        }

        int covered = reader.Position;
        ReadOnlyMemory<byte> mac = reader.Take(negotiated.HashSize);
        message = reader.TryFinish(out ReadOnlyMemory<byte> raw) ? new(raw, source[..covered], mac) : null;
        return message is not null;
    }
}
