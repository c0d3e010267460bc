using System.Buffers;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Evidence;

/// <summary>Puts a large response together: one handle, consecutive numbers, exactly the size said in the first chunk (DSP0274, large SPDM message transfer).</summary>
internal sealed class ChunkAssembly(Negotiated negotiated, byte handle)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private uint _size;

    public byte Handle => handle;

    public uint Next { get; private set; }

    public bool Complete { get; private set; }

    public ReadOnlyMemory<byte> Message => _bytes.WrittenMemory;

    public bool TryAdd(ReadOnlyMemory<byte> response)
    {
        if (!ChunkResponse.TryParse(response, negotiated.Version, out ChunkResponse? chunk) || chunk.Handle != handle || chunk.Sequence != Next
            || response.Length > negotiated.Requester.DataTransferSize + 3)
        {
            return false;
        }

        if (Next == 0)
        {
            // What fits into one transfer is no large message; what is beyond our own limit was never asked for.
            _size = chunk.LargeSize;
            if (_size > negotiated.Requester.MaxMessageSize || _size <= Math.Min(negotiated.Requester.DataTransferSize, negotiated.Responder.DataTransferSize))
            {
                return false;
            }
        }

        if (chunk.Chunk.Length > _size - _bytes.WrittenCount)
        {
            return false;
        }

        Next++;
        _bytes.Write(chunk.Chunk.Span);
        Complete = chunk.Last;
        return Complete == (_bytes.WrittenCount == _size);
    }
}
