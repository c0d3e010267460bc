using System.Buffers.Binary;

namespace Fleet.Simulator.Hardware.Cdat;

/// <summary>
/// Builds a Coherent Device Attribute Table (UEFI, CDAT 1.03): a header and its structures, each an entry of its own that a host reads
/// by handle. The checksum makes all bytes of the table add up to zero.
/// </summary>
internal sealed class CdatTable
{
    private const int HeaderSize = 16;
    private const int ChecksumOffset = 5;
    private readonly List<byte[]> _structures = [];

    /// <summary>Counts updates of the table; the host compares it before and after it read all entries.</summary>
    public uint Sequence { get; init; }

    /// <summary>Header and structures in order; the index is the entry's handle.</summary>
    public IReadOnlyList<byte[]> Entries => [Header(), .. _structures];

    /// <summary>The whole table.</summary>
    public byte[] Bytes => [.. Entries.SelectMany(entry => entry)];

    /// <summary>DSMAS: a range of device memory and what it is.</summary>
    public CdatTable Memory(byte handle, CdatMemoryFlags flags, ulong start, ulong length)
    {
        byte[] entry = Begin(0, 24);
        entry[4] = handle;
        entry[5] = (byte)flags;
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), start);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(16), length);
        return Add(entry);
    }

    /// <summary>DSLBIS: latency (in units of picoseconds) or bandwidth (in units of MB/s) of a range.</summary>
    public CdatTable Performance(byte handle, CdatQuantity quantity, ulong unit, ushort value)
    {
        byte[] entry = Begin(1, 24);
        entry[4] = handle;
        entry[6] = (byte)quantity;
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), unit);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(16), value);
        return Add(entry);
    }

    /// <summary>DSEMTS: how firmware shall enter a part of a range into the memory map (0 conventional, 1 conventional and specific purpose, 2 reserved).</summary>
    public CdatTable MemoryType(byte handle, byte type, ulong offset, ulong length)
    {
        byte[] entry = Begin(4, 24);
        entry[4] = handle;
        entry[5] = type;
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(16), length);
        return Add(entry);
    }

    /// <summary>SSLBIS: latency or bandwidth between two ports of a switch.</summary>
    public CdatTable SwitchPerformance(CdatQuantity quantity, ulong unit, params IReadOnlyList<CdatPath> paths)
    {
        byte[] entry = Begin(5, 16 + (8 * paths.Count));
        entry[4] = (byte)quantity;
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), unit);
        for (int i = 0; i < paths.Count; i++)
        {
            Span<byte> place = entry.AsSpan(16 + (8 * i));
            BinaryPrimitives.WriteUInt16LittleEndian(place, paths[i].From);
            BinaryPrimitives.WriteUInt16LittleEndian(place[2..], paths[i].To);
            BinaryPrimitives.WriteUInt16LittleEndian(place[4..], paths[i].Value);
        }

        return Add(entry);
    }

    private byte[] Header()
    {
        byte[] header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(HeaderSize + _structures.Sum(s => s.Length)));
        header[4] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Sequence);
        header[ChecksumOffset] = (byte)-(_structures.Sum(s => s.Sum(b => b)) + header.Sum(b => b));
        return header;
    }

    private static byte[] Begin(byte type, int length)
    {
        byte[] entry = new byte[length];
        entry[0] = type;
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(2), (ushort)length);
        return entry;
    }

    private CdatTable Add(byte[] entry)
    {
        _structures.Add(entry);
        return this;
    }
}
