using System.Buffers.Binary;

namespace Fleet.Pci;

/// <summary>
/// Bytes of one configuration space as they were read, and which dwords those are. A dword that was never read is not
/// zero: it is unknown, and every reader says so. Not safe for concurrent writers.
/// </summary>
public sealed class ConfigImage
{
    /// <summary>Size of a conventional space.</summary>
    public const int ConventionalSize = 0x100;

    /// <summary>Size of a space with extended configuration space.</summary>
    public const int ExtendedSize = 0x1000;

    private readonly byte[] _bytes;
    private readonly bool[] _known;

    /// <summary>Makes an image in which nothing is known.</summary>
    /// <param name="size">Size of the space in bytes, a multiple of 4 up to 4096.</param>
    public ConfigImage(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, ExtendedSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(size & 3, 0);
        Size = size;
        _bytes = new byte[size];
        _known = new bool[size / 4];
    }

    /// <summary>Size of the space in bytes.</summary>
    public int Size { get; }

    /// <summary>The known bytes as maximal runs of dwords, in order.</summary>
    public IEnumerable<(int Offset, ReadOnlyMemory<byte> Bytes)> Ranges
    {
        get
        {
            int slot = 0;
            while (slot < _known.Length)
            {
                int start = slot;
                while (slot < _known.Length && _known[slot])
                {
                    slot++;
                }

                if (slot > start)
                {
                    yield return (start * 4, _bytes.AsMemory(start * 4, (slot - start) * 4));
                }

                slot++;
            }
        }
    }

    /// <summary>
    /// Rebuilds an image from ranges that came over the wire. What lies outside the space, and bytes that do not fill
    /// a whole aligned dword, are left out: half a register is not a register. Never throws for hostile ranges.
    /// </summary>
    public static ConfigImage FromRanges(int size, IEnumerable<(int Offset, ReadOnlyMemory<byte> Bytes)> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ConfigImage image = new(Math.Clamp(size, 0, ExtendedSize) & ~3);
        foreach ((int offset, ReadOnlyMemory<byte> bytes) in ranges)
        {
            if (offset < 0 || offset >= image.Size || (offset & 3) != 0)
            {
                continue;
            }

            int length = Math.Min(bytes.Length, image.Size - offset) & ~3;
            image.Store(offset, bytes.Span[..length]);
        }

        return image;
    }

    /// <summary>Keeps whole dwords that were read.</summary>
    /// <param name="offset">A multiple of 4.</param>
    /// <param name="bytes">Whole dwords that end inside the space.</param>
    public void Store(int offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset & 3, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length & 3, 0, nameof(bytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Size - bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(offset));
        _known.AsSpan(offset / 4, bytes.Length / 4).Fill(true);
    }

    /// <summary>True when every byte of the range was read; false for an empty range or one outside the space.</summary>
    public bool IsKnown(int offset, int length)
    {
        if (offset < 0 || length <= 0 || offset > Size - length)
        {
            return false;
        }

        int first = offset / 4;
        int last = (offset + length - 1) / 4;
        return !_known.AsSpan(first, last - first + 1).Contains(false);
    }

    /// <summary>Reads a byte; false when it is unknown.</summary>
    public bool TryRead8(int offset, out byte value)
    {
        bool known = IsKnown(offset, 1);
        value = known ? _bytes[offset] : (byte)0;
        return known;
    }

    /// <summary>Reads a little-endian word; false when a byte of it is unknown.</summary>
    public bool TryRead16(int offset, out ushort value)
    {
        bool known = IsKnown(offset, 2);
        value = known ? BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset)) : (ushort)0;
        return known;
    }

    /// <summary>Reads a little-endian dword; false when a byte of it is unknown.</summary>
    public bool TryRead32(int offset, out uint value)
    {
        bool known = IsKnown(offset, 4);
        value = known ? BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset)) : 0;
        return known;
    }
}
