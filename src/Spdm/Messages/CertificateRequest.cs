using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>GET_CERTIFICATE: a portion of a slot's chain; the large form (1.4) has 32-bit offsets.</summary>
public sealed record CertificateRequest(byte Slot, uint Offset, uint Length, bool Large, byte Param2 = 0)
{
    private const byte LargeBit = 0x80;

    /// <summary>Writes the exact message.</summary>
    public byte[] Write(SpdmVersion version)
    {
        MessageWriter writer = new(Large ? 16 : 8);
        writer.Header(version, SpdmCode.GetCertificate, (byte)(Large ? Slot | LargeBit : Slot), Param2);
        writer.UInt16(Large ? (ushort)0 : checked((ushort)Offset));
        writer.UInt16(Large ? (ushort)0 : checked((ushort)Length));
        if (Large)
        {
            writer.UInt32(Offset);
            writer.UInt32(Length);
        }

        return writer.ToArray();
    }

    /// <summary>Parses a request, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, [NotNullWhen(true)] out CertificateRequest? message, out ReadOnlyMemory<byte> raw)
    {
        MessageReader reader = new(source);
        (byte slot, byte param2) = reader.Header(version, SpdmCode.GetCertificate);
        bool large = version >= SpdmVersion.V14 && (slot & LargeBit) != 0;
        uint offset = reader.UInt16();
        uint length = reader.UInt16();
        if (large)
        {
            offset = reader.UInt32();
            length = reader.UInt32();
        }

        message = reader.TryFinish(out raw) ? new((byte)(slot & 0xF), offset, length, large, param2) : null;
        return message is not null;
    }
}
