using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>The rows with one value of a host, kind or function.</summary>
internal sealed class ValueRows : RowSource
{
    private const int StepsBeforeSeek = 8;
    private readonly Statement _places;
    private long _block = long.MaxValue;

    public ValueRows(SqliteConnection file, PlaceField field, long value)
    {
        _places = new Statement(file, "SELECT block, rows FROM places WHERE field = ? AND value = ? AND block <= ? ORDER BY block DESC");
        _places.Bind(1, (long)field);
        _places.Bind(2, value);
    }

    public override long Next(long atMost)
    {
        if (_block is long.MaxValue)
        {
            Seek(atMost);
        }

        for (int step = 0; _block > atMost; step++)
        {
            if (step < StepsBeforeSeek)
            {
                Step();
            }
            else
            {
                _places.Reset();
                Seek(atMost);
            }
        }

        return _block;
    }

    public override void AddTo(BlockRows rows, long block)
    {
        if (Next(block) == block)
        {
            rows.Decode(_places.Bytes(1));
        }
    }

    public override void Dispose() => _places.Dispose();

    private void Seek(long atMost)
    {
        _places.Bind(3, atMost);
        Step();
    }

    private void Step() => _block = _places.Step() ? _places.Number(0) : None;
}
