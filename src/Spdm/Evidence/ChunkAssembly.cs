using System.Buffers;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Evidence;

/// <summary>Puts a large response together: one handle, consecutive numbers, exactly the size said in the first chunk.</summary>
internal sealed class ChunkAssembly(Negotiated negotiated, byte handle)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private uint _next;
    private uint _size;

    public bool Complete { get; private set; }

    public ReadOnlyMemory<byte> Message => _bytes.WrittenMemory;

    public bool TryAdd(ReadOnlyMemory<byte> response)
    {
        if (!ChunkResponse.TryParse(response, negotiated.Version, out ChunkResponse? chunk) || chunk.Handle != handle || chunk.Sequence != _next)
        {
            return false;
        }

        _size = _next++ == 0 ? chunk.LargeSize : _size;
        if (_size > negotiated.Requester.MaxMessageSize || chunk.Chunk.Length > _size - _bytes.WrittenCount)
        {
            return false;
        }

        _bytes.Write(chunk.Chunk.Span);
        Complete = chunk.Last;
        return Complete == (_bytes.WrittenCount == _size);
    }
}
