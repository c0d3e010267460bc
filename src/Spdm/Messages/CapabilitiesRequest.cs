using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>GET_CAPABILITIES: 4 bytes in 1.0, 12 in 1.1, 20 since 1.2.</summary>
public sealed record CapabilitiesRequest(byte Param1, byte TimeoutExponent, ushort ExtendedFlags, uint Flags, uint DataTransferSize, uint MaxMessageSize)
{
    /// <summary>Writes the exact message.</summary>
    public byte[] Write(SpdmVersion version)
    {
        MessageWriter writer = new(Length(version));
        writer.Header(version, SpdmCode.GetCapabilities, Param1);
        if (version >= SpdmVersion.V11)
        {
            writer.Byte(0);
            writer.Byte(TimeoutExponent);
            writer.UInt16(ExtendedFlags);
            writer.UInt32(Flags);
        }

        if (version >= SpdmVersion.V12)
        {
            writer.UInt32(DataTransferSize);
            writer.UInt32(MaxMessageSize);
        }

        return writer.ToArray();
    }

    /// <summary>Parses a request, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, [NotNullWhen(true)] out CapabilitiesRequest? message, out ReadOnlyMemory<byte> raw)
    {
        MessageReader reader = new(source);
        (byte param1, _) = reader.Header(version, SpdmCode.GetCapabilities);
        CapabilitiesRequest parsed = new(param1, 0, 0, 0, 0, 0);
        if (version >= SpdmVersion.V11)
        {
            reader.Byte();
            parsed = parsed with { TimeoutExponent = reader.Byte(), ExtendedFlags = reader.UInt16(), Flags = reader.UInt32() };
        }

        if (version >= SpdmVersion.V12)
        {
            parsed = parsed with { DataTransferSize = reader.UInt32(), MaxMessageSize = reader.UInt32() };
            reader.Require(parsed.DataTransferSize >= 42 && parsed.MaxMessageSize >= parsed.DataTransferSize);
        }

        message = reader.TryFinish(out raw) ? parsed : null;
        return message is not null;
    }

    private static int Length(SpdmVersion version) => version switch { SpdmVersion.V10 => 4, SpdmVersion.V11 => 12, _ => 20 };
}
