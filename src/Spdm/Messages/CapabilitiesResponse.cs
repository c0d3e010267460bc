using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>CAPABILITIES: 12 bytes until 1.1, 20 since 1.2, and a block of algorithms where a 1.3 request asked for it.</summary>
public sealed record CapabilitiesResponse(ReadOnlyMemory<byte> Raw, byte TimeoutExponent, ushort ExtendedFlags, uint Flags, uint DataTransferSize, uint MaxMessageSize)
{
    // The block is NEGOTIATE_ALGORITHMS without its first two bytes, and there only where both ends can chunk.
    private const int BlockSize = 30;
    private const uint ChunkFlag = 1u << 17;

    /// <summary>Parses CAPABILITIES, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, CapabilitiesRequest request, [NotNullWhen(true)] out CapabilitiesResponse? message)
    {
        MessageReader reader = new(source);
        reader.Header(version, SpdmCode.Capabilities);
        reader.Byte();
        byte exponent = reader.Byte();
        ushort extended = reader.UInt16();
        uint flags = reader.UInt32();
        uint transfer = 0;
        uint max = 0;
        if (version >= SpdmVersion.V12)
        {
            transfer = reader.UInt32();
            max = reader.UInt32();
            reader.Require(transfer >= 42 && max >= transfer);
        }

        if (version >= SpdmVersion.V13 && (request.Param1 & 1) != 0 && (request.Flags & flags & ChunkFlag) != 0)
        {
            byte tables = reader.Byte();
            reader.Byte();
            ushort length = reader.UInt16();
            reader.Require(length == BlockSize + (4 * tables));
            reader.Take((long)length - 4);
        }

        message = reader.TryFinish(out ReadOnlyMemory<byte> raw) ? new(raw, exponent, extended, flags, transfer, max) : null;
        return message is not null;
    }
}
