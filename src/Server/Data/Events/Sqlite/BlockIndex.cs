using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// Says of each block of rows which of them are of which host, kind and function, and between which times they lie. It is gathered in
/// memory for the block under way and written with each transaction: per block a row for each value that occurs, where an index of
/// SQLite's would have one for each event.
/// </summary>
internal sealed class BlockIndex : IDisposable
{
    private readonly Statement _place;
    private readonly Statement _span;
    private readonly Dictionary<(PlaceField Field, long Value), BlockRows> _places = [];
    private readonly HashSet<(PlaceField Field, long Value)> _changed = [];
    private readonly byte[] _buffer = new byte[BlockRows.RowsPerBlock / 8];
    private long _block;
    private long _earliest = long.MaxValue;
    private long _latest = long.MinValue;

    /// <param name="file">The day's file.</param>
    /// <param name="lastRow">Its last row: the block that holds it goes on.</param>
    public BlockIndex(SqliteConnection file, long lastRow)
    {
        _place = new Statement(file, "INSERT OR REPLACE INTO places(field, value, block, rows) VALUES(?, ?, ?, ?)");
        _span = new Statement(file, "INSERT OR REPLACE INTO blocks(block, earliest, latest) VALUES(?, ?, ?)");
        _block = BlockRows.BlockOf(lastRow);
        using Statement rows = new(file, "SELECT id, time, host, kind, function FROM events WHERE id >= ?");
        rows.Bind(1, BlockRows.FirstRow(_block));
        while (rows.Step())
        {
            Add(rows.Number(0), rows.Number(1), rows.Number(2), rows.Number(3), rows.IsNull(4) ? null : rows.Number(4));
        }

        _changed.Clear();
    }

    /// <summary>Takes in a row; they come in order.</summary>
    public void Add(long row, long time, long host, long kind, long? function)
    {
        if (BlockRows.BlockOf(row) != _block)
        {
            Flush();
            _places.Clear();
            _block = BlockRows.BlockOf(row);
            (_earliest, _latest) = (long.MaxValue, long.MinValue);
        }

        int within = (int)(row - BlockRows.FirstRow(_block));
        Add(PlaceField.Host, host, within);
        Add(PlaceField.Kind, kind, within);
        if (function is { } address)
        {
            Add(PlaceField.Function, address, within);
        }

        _earliest = Math.Min(_earliest, time);
        _latest = Math.Max(_latest, time);
    }

    /// <summary>Writes what changed since the last time.</summary>
    public void Flush()
    {
        if (_changed.Count is 0)
        {
            return;
        }

        foreach ((PlaceField Field, long Value) key in _changed)
        {
            _place.Bind(1, (long)key.Field);
            _place.Bind(2, key.Value);
            _place.Bind(3, _block);
            _place.BindBytes(4, _buffer.AsSpan(0, _places[key].Encode(_buffer)));
            _place.Run();
        }

        _changed.Clear();
        _span.Bind(1, _block);
        _span.Bind(2, _earliest);
        _span.Bind(3, _latest);
        _span.Run();
    }

    public void Dispose()
    {
        _place.Dispose();
        _span.Dispose();
    }

    private void Add(PlaceField field, long value, int row)
    {
        if (!_places.TryGetValue((field, value), out BlockRows? rows))
        {
            rows = new BlockRows();
            _places.Add((field, value), rows);
        }

        rows.Add(row);
        _changed.Add((field, value));
    }
}
