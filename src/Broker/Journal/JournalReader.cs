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
        int torn = header.Torn;
        foreach (ref JournalCell slot in layout.JournalCells(bytes))
        {
            JournalCell cell = slot;
            if (IsWhole(cell))
            {
                counts[cell.Key] = counts.GetValueOrDefault(cell.Key) + cell.Count;
            }
            else if (cell.State is not JournalCell.Empty)
            {
                torn++;
            }
        }

        List<JournalEntry> entries = new(counts.Count);
        foreach ((JournalKey key, long count) in counts)
        {
            entries.Add(Describe(key, count, callers));
        }

        return new JournalContent(
            [.. entries.OrderBy(e => e.Minute).ThenBy(e => e.Function).ThenBy(e => e.Offset)], header.Other, header.Retired, torn);
    }

    private static JournalEntry Describe(JournalKey key, long count, ReadOnlySpan<CallerSlot> callers)
    {
        string exe = "";
        string unit = "";
        uint uid = 0;
        if (key.CallerSlot > 0 && key.CallerSlot < callers.Length)
        {
            callers[key.CallerSlot].TryLoad(out exe, out uid, out unit);
        }

        return new JournalEntry
        {
            Exe = exe,
            Uid = uid,
            Unit = unit.Length is 0 ? null : unit,
            Function = key.Address,
            Offset = key.Offset,
            Length = key.Length,
            Operation = (AccessOperation)key.Operation,
            Decision = (Decision)key.Decision,
            Generation = key.Generation,
            Minute = DateTimeOffset.FromUnixTimeSeconds(key.Minute * 60L),
            Count = count,
        };
    }
}
