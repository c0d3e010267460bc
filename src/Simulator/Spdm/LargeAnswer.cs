using System.Buffers.Binary;
using Fleet.Spdm;

namespace Fleet.Simulator.Spdm;

/// <summary>An answer beyond the transfer size, handed out by CHUNK_GET; every chunk but the last fills a transfer.</summary>
internal sealed class LargeAnswer(byte[] answer, byte handle, int transfer)
{
    private uint _next;
    private int _given;

    public byte Handle => handle;

    public bool Done => _given == answer.Length;

    public byte[] Next(SpdmVersion version, ReadOnlyMemory<byte> request, bool changeHandle)
    {
        bool wide = version >= SpdmVersion.V14;
        ReadOnlySpan<byte> exact = SpdmResponder.Exact(request, wide ? 8 : 6).Span;
        uint asked = wide ? BinaryPrimitives.ReadUInt32LittleEndian(exact[4..]) : BinaryPrimitives.ReadUInt16LittleEndian(exact[4..]);
        Refused.Unless(exact[3] == handle && asked == _next);
        int header = _next == 0 ? 16 : 12;
        int size = Math.Min(transfer - header, answer.Length - _given);
        bool last = size == answer.Length - _given;
        byte said = changeHandle && _next > 0 ? (byte)(handle + 1) : handle;
        ResponseBuilder chunk = new(version, SpdmCode.ChunkResponse, last ? (byte)1 : (byte)0, said);
        _ = wide ? chunk.UInt32(_next) : chunk.UInt16((int)_next).UInt16(0);
        chunk.UInt32((uint)size);
        if (_next == 0)
        {
            chunk.UInt32((uint)answer.Length);
        }

        chunk.Bytes(answer.AsSpan(_given, size));
        _given += size;
        _next++;
        return chunk.ToArray();
    }
}
