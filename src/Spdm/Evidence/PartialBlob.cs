using System.Buffers;

namespace Fleet.Spdm.Evidence;

/// <summary>A blob that comes by portions: each where the last ended, all of one total, which is bounded.</summary>
internal sealed class PartialBlob(int limit)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private long? _total;

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public bool Complete => _total == _bytes.WrittenCount;

    public (uint Offset, uint Remainder)? Rest => _total is { } total && total > _bytes.WrittenCount
        ? ((uint)_bytes.WrittenCount, (uint)(total - _bytes.WrittenCount))
        : null;

    public bool TryAdd(uint offset, ReadOnlyMemory<byte> portion, uint remainder)
    {
        long total = (long)offset + portion.Length + remainder;
        if (offset != _bytes.WrittenCount || total > limit || (_total ?? total) != total)
        {
            return false;
        }

        _total = total;
        _bytes.Write(portion.Span);
        return true;
    }
}
