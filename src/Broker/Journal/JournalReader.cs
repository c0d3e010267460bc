using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Reads a journal, live or left behind by an agent that is gone. The bytes may be torn or garbage; what is not whole is skipped.</summary>
public static class JournalReader
{
    /// <summary>Reads a journal's file.</summary>
    /// <exception cref="InvalidDataException">It is not a journal.</exception>
    public static JournalContent Read(string path)
    {
        if (!TryLayout(path, out JournalLayout layout))
        {
            throw new InvalidDataException($"{path} is not an access journal, or is cut short.");
        }

        byte[] bytes = new byte[layout.Size];
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.ReadExactly(bytes);
        return Read(bytes, layout);
    }

    internal static bool TryLayout(string path, out JournalLayout layout)
    {
        byte[] head = new byte[JournalLayout.HeaderBytes];
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return JournalLayout.TryRead(head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)), stream.Length, out layout);
    }

    internal static bool IsWhole(in JournalCell cell) =>
        cell.State is JournalCell.Ready && cell.Count > 0 && cell.Check == cell.Key.Hash()
        && cell.Key.Operation <= (byte)AccessOperation.Write && cell.Key.Decision <= (byte)Decision.Virtualise;

    internal static JournalContent Read(Span<byte> bytes, JournalLayout layout)
    {
        JournalHeader header = JournalLayout.Header(bytes);
        Span<CallerSlot> callers = layout.CallerSlots(bytes);
        Dictionary<JournalKey, long> counts = [];
        int torn = header.Torn + Add(layout.JournalCells(bytes), counts) + Add(layout.WideCells(bytes), counts);
        List<JournalEntry> entries = new(counts.Count);
        foreach ((JournalKey key, long count) in counts)
        {
            entries.Add(Describe(key, count, callers));
        }

        return new JournalContent(
            [.. entries.OrderBy(e => e.Minute).ThenBy(e => e.Function).ThenBy(e => e.Offset)], header.Other, header.Retired, torn)
        {
            Intervals = Intervals(layout.Intervals(bytes), callers),
            UntoldIntervals = header.UntoldIntervals,
        };
    }

    /// <returns>How many cells are torn.</returns>
    private static int Add(ReadOnlySpan<JournalCell> cells, Dictionary<JournalKey, long> counts)
    {
        int torn = 0;
        foreach (JournalCell cell in cells)
        {
            if (IsWhole(cell))
            {
                counts[cell.Key] = counts.GetValueOrDefault(cell.Key) + cell.Count;
            }
            else if (cell.State is not JournalCell.Empty)
            {
                torn++;
            }
        }

        return torn;
    }

    private static List<JournalInterval> Intervals(ReadOnlySpan<IntervalSlot> slots, ReadOnlySpan<CallerSlot> callers)
    {
        List<JournalInterval> intervals = [];
        foreach (IntervalSlot slot in slots)
        {
            if (slot.IsWhole())
            {
                CallerIdentity holder = Identity(slot.CallerSlot, callers);
                intervals.Add(new JournalInterval
                {
                    Kind = (IntervalKind)slot.Kind,
                    Function = slot.Domain is IntervalSlot.Everywhere ? null : JournalKey.Unpack(slot.Domain, slot.BusDeviceFunction),
                    Offset = slot.Offset,
                    Length = slot.Length,
                    Exe = holder.Exe,
                    Uid = holder.Uid,
                    Unit = holder.Unit.Length is 0 ? null : holder.Unit,
                    Began = Moment(slot.Begin),
                    Ended = slot.End > 0 ? Moment(slot.End) : null,
                    CutOff = slot.End < 0,
                });
            }
        }

        return [.. intervals.OrderBy(i => i.Began)];
    }

    // The check shows that the bytes are whole, not that they are a time.
    private static DateTimeOffset Moment(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    private static CallerIdentity Identity(int slot, ReadOnlySpan<CallerSlot> callers) =>
        slot > 0 && slot < callers.Length && callers[slot].TryLoad(out CallerIdentity identity) ? identity : new CallerIdentity("", "", 0, "");

    private static JournalEntry Describe(JournalKey key, long count, ReadOnlySpan<CallerSlot> callers)
    {
        CallerIdentity caller = Identity(key.CallerSlot, callers);
        return new JournalEntry
        {
            Exe = caller.Exe,
            ExeHash = caller.ExeHash.Length is 0 ? null : caller.ExeHash,
            Uid = caller.Uid,
            Unit = caller.Unit.Length is 0 ? null : caller.Unit,
            Function = key.Address,
            Offset = key.Offset is JournalKey.ManyOffsets ? JournalEntry.ManyOffsets : key.Offset,
            Length = key.Length,
            Operation = (AccessOperation)key.Operation,
            Decision = (Decision)key.Decision,
            Generation = key.Generation,
            Minute = DateTimeOffset.FromUnixTimeSeconds(key.Minute * 60L),
            Count = count,
        };
    }
}
