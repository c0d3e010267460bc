using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// Counts accesses in cells of a mapped file: one cell for each (caller identity, function, offset, length, operation, decision,
/// table generation, minute). Recording takes no lock and allocates nothing. Bounded: a cell older than an hour may be reused
/// (its count moves to Retired); a caller that makes too many cells is counted on in wide ones, without offset and length; and what
/// finds no cell at all is counted in Other, so Total never misses an access.
/// </summary>
internal sealed class AccessJournal : IDisposable
{
    private const int Probes = 48;
    private const uint RetainMinutes = 60;

    private readonly MappedFile _file;
    private readonly JournalLayout _layout;
    private readonly CallerTable _callers = new();
    private readonly CellBudget _budget;
    private readonly TimeProvider _time;

    private AccessJournal(MappedFile file, JournalLayout layout, string? problem, TimeProvider time)
    {
        Problem = problem;
        _file = file;
        _layout = layout;
        _time = time;
        _budget = new CellBudget(layout);
        Exchanges = new ExchangeLog(file);
        Intervals = new IntervalLog(file, layout, _callers, time);
        Watchers = new AccessWatchers(time);
    }

    /// <summary>Why what is recorded is not on disk; null when it is.</summary>
    public string? Problem { get; }

    /// <summary>The exchanges under way.</summary>
    public ExchangeLog Exchanges { get; }

    /// <summary>Claims, leases and holds, from when to when.</summary>
    public IntervalLog Intervals { get; }

    /// <summary>Those who look on.</summary>
    public AccessWatchers Watchers { get; }

    /// <summary>
    /// Opens the journal. A file that is not a journal, or of another size, is put aside as PATH.old. Where the disk refuses, it is kept in memory: a host whose disk is
    /// full is decided upon all the same.
    /// </summary>
    public static AccessJournal Open(string path, int cells, TimeProvider time)
    {
        JournalLayout layout = JournalLayout.For(cells);
        MappedFile file;
        string? problem = null;
        try
        {
            if (File.Exists(path) && !(JournalReader.TryLayout(path, out JournalLayout found) && found == layout))
            {
                File.Move(path, path + ".old", overwrite: true);
            }

            file = MappedFile.Open(path, layout.Size);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file = MappedFile.InMemory(layout.Size);
            problem = $"The journal is in memory, and ends with the agent, until that is started again: {e.Message}";
        }

        AccessJournal journal = new(file, layout, problem, time);
        journal.Recover();
        return journal;
    }

    /// <summary>Counts one access.</summary>
    public void Record(
        PciAddress function, int offset, int length, AccessOperation operation, Decision decision, int generation, Caller caller)
    {
        Watchers.Count(function, offset, length, operation, decision, caller);
        if (!_file.TryEnter())
        {
            return;
        }

        try
        {
            Span<byte> bytes = _file.Bytes;
            uint minute = (uint)(_time.GetUtcNow().ToUnixTimeSeconds() / 60);
            JournalKey key = new(
                _callers.Find(caller, _layout.CallerSlots(bytes)), function.Domain, JournalKey.Pack(function), (ushort)offset,
                (ushort)Math.Min(length, ushort.MaxValue), (byte)operation, (byte)decision, generation, minute);
            Count(bytes, key);
        }
        finally
        {
            _file.Exit();
        }
    }

    /// <summary>The number of the next claim table; rises across restarts.</summary>
    public int NextGeneration()
    {
        if (!_file.TryEnter())
        {
            return 0;
        }

        try
        {
            return Interlocked.Increment(ref JournalLayout.Header(_file.Bytes).Generation);
        }
        finally
        {
            _file.Exit();
        }
    }

    /// <summary>What is recorded now.</summary>
    public JournalContent Read()
    {
        if (!_file.TryEnter())
        {
            return new JournalContent([], 0, 0, 0);
        }

        try
        {
            return JournalReader.Read(_file.Bytes, _layout);
        }
        finally
        {
            _file.Exit();
        }
    }

    public void Dispose() => _file.Dispose();

    private void Count(Span<byte> bytes, in JournalKey key)
    {
        ref JournalHeader header = ref JournalLayout.Header(bytes);
        if (!TryCount(_layout.JournalCells(bytes), key, _budget, ref header.Retired)
            && !TryCount(_layout.WideCells(bytes), key.Wide(), null, ref header.Retired))
        {
            Interlocked.Increment(ref header.Other);
        }
    }

    private static bool TryCount(Span<JournalCell> cells, in JournalKey key, CellBudget? budget, ref long retired)
    {
        uint hash = key.Hash();
        int mask = cells.Length - 1;
        for (int probe = 0; probe < Math.Min(Probes, cells.Length); probe++)
        {
            ref JournalCell cell = ref cells[(int)(hash + (uint)probe) & mask];
            int state = Volatile.Read(ref cell.State);
            if (state is JournalCell.Ready && cell.Key == key)
            {
                Interlocked.Increment(ref cell.Count);
                return true;
            }

            if (state is JournalCell.Empty)
            {
                if (budget?.TryTake(key.CallerSlot, key.Minute) is false)
                {
                    return false;
                }

                // Two threads may make two cells of one key; readers add them up.
                if (Interlocked.CompareExchange(ref cell.State, JournalCell.Writing, JournalCell.Empty) is JournalCell.Empty)
                {
                    Fill(ref cell, key, hash);
                    return true;
                }
            }
        }

        return budget?.TryTake(key.CallerSlot, key.Minute) is not false && TryReuse(cells, key, hash, ref retired);
    }

    private static bool TryReuse(Span<JournalCell> cells, in JournalKey key, uint hash, ref long retired)
    {
        for (int probe = 0; probe < Math.Min(Probes, cells.Length); probe++)
        {
            ref JournalCell cell = ref cells[(int)(hash + (uint)probe) & (cells.Length - 1)];
            if (Volatile.Read(ref cell.State) is JournalCell.Ready && IsOld(cell.Key.Minute, key.Minute)
                && Interlocked.CompareExchange(ref cell.State, JournalCell.Writing, JournalCell.Ready) is JournalCell.Ready)
            {
                Interlocked.Add(ref retired, Interlocked.Exchange(ref cell.Count, 0));
                Fill(ref cell, key, hash);
                return true;
            }
        }

        return false;
    }

    // A cell that lies far ahead is of a clock that was set back since; it would never grow old.
    private static bool IsOld(uint minute, uint now) => minute + RetainMinutes < now || minute > now + RetainMinutes;

    private static void Fill(ref JournalCell cell, in JournalKey key, uint hash)
    {
        cell.Key = key;
        cell.Check = hash;
        cell.Count = 1;
        Volatile.Write(ref cell.State, JournalCell.Ready);
    }

    /// <summary>Makes the file ready after whatever happened to it: cells that a crash left half written are freed and counted as torn.</summary>
    private void Recover()
    {
        Span<byte> bytes = _file.Bytes;
        ref JournalHeader header = ref JournalLayout.Header(bytes);
        header.Magic = JournalHeader.Expected;
        header.Cells = _layout.Cells;
        header.Callers = _layout.Callers;
        Recover(_layout.JournalCells(bytes), ref header);
        Recover(_layout.WideCells(bytes), ref header);
        IntervalLog.Recover(_layout.Intervals(bytes));
        _callers.Load(_layout.CallerSlots(bytes));
    }

    private static void Recover(Span<JournalCell> cells, ref JournalHeader header)
    {
        foreach (ref JournalCell cell in cells)
        {
            if (cell.State is not JournalCell.Empty && !JournalReader.IsWhole(cell))
            {
                // A cell caught while being reused still has its count: better counted twice than lost.
                header.Retired += cell.State is JournalCell.Writing ? Math.Max(cell.Count, 0) : 0;
                header.Torn++;
                cell = default;
            }
        }
    }
}
