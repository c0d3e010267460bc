using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>GET_MEASUREMENTS. Attributes: bit 0 signature, 1 raw (1.2), 2 new (1.3). Operation: 0 count, 0xFF all, else an index.</summary>
public sealed record MeasurementsRequest(byte Attributes, byte Operation, byte Slot, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Context)
{
    /// <summary>Whether a signature is asked for.</summary>
    public bool WantsSignature => (Attributes & 1) != 0;

    /// <summary>Writes the exact message; nonce and slot are there only where a signature is asked for.</summary>
    public byte[] Write(SpdmVersion version)
    {
        int length = 4 + (WantsSignature ? 32 + (version >= SpdmVersion.V11 ? 1 : 0) : 0) + (version >= SpdmVersion.V13 ? 8 : 0);
        MessageWriter writer = new(length);
        writer.Header(version, SpdmCode.GetMeasurements, Attributes, Operation);
        if (WantsSignature)
        {
            writer.Bytes(Nonce.Span);
            if (version >= SpdmVersion.V11)
            {
                writer.Byte(Slot);
            }
        }

        if (version >= SpdmVersion.V13)
        {
            writer.Bytes(Context.Span);
        }

        return writer.ToArray();
    }

    /// <summary>Parses a request, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, [NotNullWhen(true)] out MeasurementsRequest? message, out ReadOnlyMemory<byte> raw)
    {
        MessageReader reader = new(source);
        (byte attributes, byte operation) = reader.Header(version, SpdmCode.GetMeasurements);
        bool signed = (attributes & 1) != 0;
        ReadOnlyMemory<byte> nonce = signed ? reader.Take(32) : default;
        byte slot = signed && version >= SpdmVersion.V11 ? (byte)(reader.Byte() & 0xF) : (byte)0;
        ReadOnlyMemory<byte> context = version >= SpdmVersion.V13 ? reader.Take(8) : default;
        message = reader.TryFinish(out raw) ? new(attributes, operation, slot, nonce, context) : null;
        return message is not null;
    }
}
