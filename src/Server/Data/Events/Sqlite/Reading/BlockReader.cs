using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>Reads what a filter selects from one file, newest first, block by block.</summary>
internal sealed class BlockReader : IDisposable
{
    /// <summary>What looking at a block costs of the budget, beside its rows.</summary>
    private const int BlockCost = 32;

    /// <summary>What reading the text of an event costs, beside the look at its columns.</summary>
    public const int TextCost = 8;

    /// <summary>Up to so many rows of a block are fetched one by one; beyond that, running through the block is less work.</summary>
    private const int FewRows = 256;

    private readonly DateOnly _day;
    private readonly EventFilter _filter;
    private readonly int _limit;
    private readonly List<StoredEvent> _found;
    private readonly FilterPlan _plan;
    private readonly Statement _one;
    private readonly Statement _run;
    private readonly BlockRows _rows = new();
    private readonly long _first;
    private readonly long _last;
    private int _texts;

    public BlockReader(SqliteConnection file, DateOnly day, EventFilter filter, int limit, List<StoredEvent> found)
    {
        (_day, _filter, _limit, _found) = (day, filter, limit, found);
        _plan = FilterPlan.Of(file, filter);
        _one = new Statement(file, $"SELECT id, payload FROM events WHERE id = ? AND ({_plan.Where})");
        _run = new Statement(file, $"SELECT id, payload FROM events WHERE id >= ? AND id < ? AND ({_plan.Where}) ORDER BY id DESC");
        (_first, _last) = (EventReader.FirstRow(file), EventReader.LastRow(file));
    }

    /// <returns>Where to go on, when the page is full or the budget used up; null when the file has no more.</returns>
    public EventPosition? Read(long before, ref long budget, CancellationToken ct)
    {
        long end = Math.Min(before, _last + 1);
        for (long block = _plan.Rows.Next(BlockRows.BlockOf(end - 1)); block >= BlockRows.BlockOf(_first) && end > _first; block = _plan.Rows.Next(block - 1))
        {
            ct.ThrowIfCancellationRequested();
            end = Math.Min(end, BlockRows.FirstRow(block + 1));
            if (budget <= 0)
            {
                return new EventPosition(_day, end);
            }

            _rows.Clear();
            _plan.Rows.AddTo(_rows, block);
            int candidates = _rows.Count;
            _texts = 0;
            if (candidates <= FewRows ? ReadOneByOne(block, end) : ReadRun(block, end))
            {
                return _found[^1].Position;
            }

            budget -= BlockCost + candidates + (_texts * TextCost);
        }

        return null;
    }

    public void Dispose()
    {
        _one.Dispose();
        _run.Dispose();
        _plan.Dispose();
    }

    private bool ReadOneByOne(long block, long end)
    {
        foreach (int within in _rows.Descending())
        {
            long row = BlockRows.FirstRow(block) + within;
            if (row >= end || row is 0)
            {
                continue;
            }

            _one.Bind(1, row);
            bool full = _one.Step() && Take(_one);
            _one.Reset();
            if (full)
            {
                return true;
            }
        }

        return false;
    }

    private bool ReadRun(long block, long end)
    {
        long first = BlockRows.FirstRow(block);
        _run.Bind(1, first);
        _run.Bind(2, end);
        while (_run.Step())
        {
            if (_rows.Has((int)(_run.Number(0) - first)) && Take(_run))
            {
                _run.Reset();
                return true;
            }
        }

        return false;
    }

    private bool Take(Statement row)
    {
        _texts++;
        if (EventReader.Take(row, _filter) is { } fleetEvent)
        {
            _found.Add(new StoredEvent(new EventPosition(_day, row.Number(0)), fleetEvent));
        }

        return _found.Count >= _limit;
    }
}
