using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>KEY_EXCHANGE (1.1): begins a session. Summary as in CHALLENGE.</summary>
public sealed record KeyExchangeRequest(byte Summary, byte Slot, ushort SessionId, byte Policy, ReadOnlyMemory<byte> Random, ReadOnlyMemory<byte> ExchangeData, ReadOnlyMemory<byte> Opaque)
{
    // One element of DSP0277: the secured message versions 1.0, 1.1 and 1.2 are supported.
    private static readonly byte[] Versions = [0, 0, 9, 0, 1, 1, 3, 0, 0x10, 0, 0x11, 0, 0x12, 0, 0, 0];

    /// <summary>The opaque data that offers the versions of secured messages; 1.1 has a head of its own.</summary>
    public static byte[] OfferVersions(SpdmVersion version) => version >= SpdmVersion.V12
        ? [1, 0, 0, 0, .. Versions]
        : [0x46, 0x54, 0x4D, 0x44, 1, 1, 0, 0, .. Versions];

    /// <summary>Writes the exact message.</summary>
    public byte[] Write(SpdmVersion version)
    {
        MessageWriter writer = new(42 + ExchangeData.Length + Opaque.Length);
        writer.Header(version, SpdmCode.KeyExchange, Summary, Slot);
        writer.UInt16(SessionId);
        writer.Byte(version >= SpdmVersion.V12 ? Policy : (byte)0);
        writer.Byte(0);
        writer.Bytes(Random.Span);
        writer.Bytes(ExchangeData.Span);
        writer.UInt16((ushort)Opaque.Length);
        writer.Bytes(Opaque.Span);
        return writer.ToArray();
    }

    /// <summary>Parses a request, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, Negotiated negotiated, [NotNullWhen(true)] out KeyExchangeRequest? message, out ReadOnlyMemory<byte> raw)
    {
        MessageReader reader = new(source);
        (byte summary, byte slot) = reader.Header(negotiated.Version, SpdmCode.KeyExchange);
        ushort session = reader.UInt16();
        byte policy = reader.Byte();
        reader.Byte();
        ReadOnlyMemory<byte> random = reader.Take(32);
        reader.Require(negotiated.ExchangeSize > 0);
        ReadOnlyMemory<byte> data = reader.Take(negotiated.ExchangeSize);
        ReadOnlyMemory<byte> opaque = OpaqueData.Read(ref reader, negotiated);
        message = reader.TryFinish(out raw) ? new(summary, slot, session, policy, random, data, opaque) : null;
        return message is not null;
    }
}
