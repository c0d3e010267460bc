using System.Numerics;
using System.Runtime.InteropServices;

namespace Fleet.Broker;

/// <summary>Where things lie in the journal's file: a header page, the callers, the intervals, the cells, the wide cells.</summary>
internal readonly record struct JournalLayout(int Cells, int Callers)
{
    public const int HeaderBytes = 4096;
    public const int MaxCells = 1 << 20;
    public const int MaxCallers = 1 << 12;

    public const int MostIntervals = 1 << 10;

    public int Size => CellsStart + ((Cells + Wide) * JournalCell.Bytes);

    /// <summary>Cells for those who go over many bytes: room that nobody's many cells can take away.</summary>
    public int Wide => Cells / 8;

    private int IntervalsStart => HeaderBytes + (Callers * CallerSlot.Bytes);

    private int CellsStart => IntervalsStart + (MostIntervals * IntervalSlot.Bytes);

    /// <summary>The layout for at least so many cells: a power of two, as the hash is masked.</summary>
    public static JournalLayout For(int cells) => new((int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(cells, 64, MaxCells)), 256);

    /// <summary>Reads the layout from a file's first bytes; false when it is not a journal of this form or is shorter than it says.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, long length, out JournalLayout layout)
    {
        layout = default;
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        JournalHeader header = MemoryMarshal.Read<JournalHeader>(bytes);
        if (header.Magic != JournalHeader.Expected || header.Cells is < 64 or > MaxCells || !BitOperations.IsPow2(header.Cells)
            || header.Callers is < 1 or > MaxCallers)
        {
            return false;
        }

        layout = new JournalLayout(header.Cells, header.Callers);
        return length >= layout.Size;
    }

    public static ref JournalHeader Header(Span<byte> bytes) => ref MemoryMarshal.AsRef<JournalHeader>(bytes);

    public Span<CallerSlot> CallerSlots(Span<byte> bytes) =>
        MemoryMarshal.Cast<byte, CallerSlot>(bytes.Slice(HeaderBytes, Callers * CallerSlot.Bytes));

    public Span<JournalCell> JournalCells(Span<byte> bytes) =>
        MemoryMarshal.Cast<byte, JournalCell>(bytes.Slice(CellsStart, Cells * JournalCell.Bytes));

    public Span<JournalCell> WideCells(Span<byte> bytes) =>
        MemoryMarshal.Cast<byte, JournalCell>(bytes.Slice(CellsStart + (Cells * JournalCell.Bytes), Wide * JournalCell.Bytes));

    public Span<IntervalSlot> Intervals(Span<byte> bytes) =>
        MemoryMarshal.Cast<byte, IntervalSlot>(bytes.Slice(IntervalsStart, MostIntervals * IntervalSlot.Bytes));
}
