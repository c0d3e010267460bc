using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>CHUNK_RESPONSE: a part of a large response (1.2; 32-bit sequence numbers since 1.4).</summary>
public sealed record ChunkResponse(bool Last, byte Handle, uint Sequence, uint LargeSize, ReadOnlyMemory<byte> Chunk)
{
    /// <summary>Writes CHUNK_GET.</summary>
    public static byte[] Request(SpdmVersion version, byte handle, uint sequence)
    {
        bool wide = version >= SpdmVersion.V14;
        MessageWriter writer = new(wide ? 8 : 6);
        writer.Header(version, SpdmCode.ChunkGet, 0, handle);
        if (wide)
        {
            writer.UInt32(sequence);
        }
        else
        {
            writer.UInt16(checked((ushort)sequence));
        }

        return writer.ToArray();
    }

    /// <summary>Parses a chunk; the whole size is there in the first one only.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, [NotNullWhen(true)] out ChunkResponse? message)
    {
        MessageReader reader = new(source);
        (byte attributes, byte handle) = reader.Header(version, SpdmCode.ChunkResponse);
        uint sequence = version >= SpdmVersion.V14 ? reader.UInt32() : reader.UInt16();
        if (version < SpdmVersion.V14)
        {
            reader.UInt16();
        }

        uint size = reader.UInt32();
        uint whole = sequence == 0 ? reader.UInt32() : 0;
        reader.Require(size > 0);
        ReadOnlyMemory<byte> chunk = reader.Take(size);
        message = reader.TryFinish(out _) ? new((attributes & 1) != 0, handle, sequence, whole, chunk) : null;
        return message is not null;
    }
}
