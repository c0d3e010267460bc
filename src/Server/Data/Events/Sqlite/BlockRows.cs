using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// A set of rows of one block of <see cref="RowsPerBlock"/>, a bit a row. On disk it is a list of 16-bit numbers while that is the
/// shorter, and the bits themselves after.
/// </summary>
internal sealed class BlockRows
{
    public const int RowsPerBlock = 4096;
    private const int Words = RowsPerBlock / 64;
    private const int BitmapBytes = RowsPerBlock / 8;
    private const int MostListed = (BitmapBytes / 2) - 1; // A list is never as long as the bits: the length tells which it is.
    private readonly ulong[] _bits = new ulong[Words];

    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _bits)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    public static long BlockOf(long row) => row / RowsPerBlock;

    public static long FirstRow(long block) => block * RowsPerBlock;

    public void Add(int row) => _bits[row >> 6] |= 1UL << (row & 63);

    public bool Has(int row) => (_bits[row >> 6] >> (row & 63) & 1) is not 0;

    public void Clear() => Array.Clear(_bits);

    public void Fill() => Array.Fill(_bits, ulong.MaxValue);

    public void IntersectWith(BlockRows other)
    {
        for (int i = 0; i < Words; i++)
        {
            _bits[i] &= other._bits[i];
        }
    }

    public void UnionWith(BlockRows other)
    {
        for (int i = 0; i < Words; i++)
        {
            _bits[i] |= other._bits[i];
        }
    }

    /// <summary>The rows from the last to the first.</summary>
    public IEnumerable<int> Descending()
    {
        for (int i = Words - 1; i >= 0; i--)
        {
            for (ulong word = _bits[i]; word is not 0;)
            {
                int bit = BitOperations.Log2(word);
                word &= ~(1UL << bit);
                yield return (i * 64) + bit;
            }
        }
    }

    /// <summary>Writes the set; returns how many bytes it took.</summary>
    /// <param name="target">At least 512 bytes.</param>
    public int Encode(Span<byte> target)
    {
        if (Count > MostListed)
        {
            for (int i = 0; i < Words; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(target[(i * 8)..], _bits[i]);
            }

            return BitmapBytes;
        }

        int length = 0;
        foreach (int row in Descending())
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target[length..], (ushort)row);
            length += 2;
        }

        return length;
    }

    /// <summary>Adds the rows of a set as it was written.</summary>
    public void Decode(ReadOnlySpan<byte> source)
    {
        if (source.Length is BitmapBytes)
        {
            for (int i = 0; i < Words; i++)
            {
                _bits[i] |= BinaryPrimitives.ReadUInt64LittleEndian(source[(i * 8)..]);
            }

            return;
        }

        foreach (ushort row in MemoryMarshal.Cast<byte, ushort>(source))
        {
            Add((BitConverter.IsLittleEndian ? row : BinaryPrimitives.ReverseEndianness(row)) % RowsPerBlock);
        }
    }
}
