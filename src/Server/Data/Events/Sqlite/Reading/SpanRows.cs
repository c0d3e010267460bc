using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>All rows of the blocks in which something happened between two times.</summary>
internal sealed class SpanRows : RowSource
{
    private readonly Statement _blocks;
    private long _block = long.MaxValue;

    public SpanRows(SqliteConnection file, DateTimeOffset? since, DateTimeOffset? until)
    {
        _blocks = new Statement(file, "SELECT block FROM blocks WHERE block <= ? AND latest >= ? AND earliest <= ? ORDER BY block DESC");
        _blocks.Bind(2, since is { } from ? StoreTime.Microseconds(from) : long.MinValue);
        _blocks.Bind(3, until is { } to ? StoreTime.Microseconds(to) : long.MaxValue);
    }

    public override long Next(long atMost)
    {
        if (_block is long.MaxValue)
        {
            _blocks.Bind(1, atMost);
        }

        while (_block > atMost)
        {
            _block = _blocks.Step() ? _blocks.Number(0) : None;
        }

        return _block;
    }

    public override void AddTo(BlockRows rows, long block)
    {
        if (Next(block) == block)
        {
            rows.Fill();
        }
    }

    public override void Dispose() => _blocks.Dispose();
}
