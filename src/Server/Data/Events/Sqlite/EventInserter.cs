using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>Puts events into the rows of a day's file and into what is known of their block.</summary>
internal sealed class EventInserter : IDisposable
{
    private readonly Statement _insert;
    private readonly Words _words;
    private readonly BlockIndex _index;

    public EventInserter(SqliteConnection file)
    {
        LastRow = Statement.Number(file, "SELECT coalesce(max(id), 0) FROM events");
        _insert = new Statement(file, DaySchema.InsertEvent);
        _words = new Words(file);
        _index = new BlockIndex(file, LastRow);
    }

    /// <summary>The last row, of the transaction under way too.</summary>
    public long LastRow { get; private set; }

    /// <summary>Leaves row numbers out: the next event gets the one after this.</summary>
    public void GoOnAfter(long row) => LastRow = row;

    /// <param name="host">The host's key.</param>
    /// <param name="fleetEvent">The event.</param>
    /// <param name="json">The same as UTF-8.</param>
    public void Insert(long host, FleetEvent fleetEvent, ReadOnlySpan<byte> json)
    {
        LastRow++;
        Caller? caller = fleetEvent.Caller;
        ClaimReference? claim = fleetEvent.Claim;
        long time = StoreTime.Microseconds(fleetEvent.Time);
        long? kind = _words.Of(fleetEvent.Kind);
        long? function = _words.Of(fleetEvent.Function);
        int column = 0;
        _insert.Bind(++column, LastRow);
        _insert.Bind(++column, host);
        _insert.Bind(++column, fleetEvent.Epoch);
        _insert.Bind(++column, fleetEvent.Sequence);
        _insert.Bind(++column, time);
        _insert.Bind(++column, kind);
        _insert.Bind(++column, function);
        _insert.Bind(++column, _words.Of(caller?.Comm));
        _insert.Bind(++column, _words.Of(caller?.Exe));
        _insert.Bind(++column, caller?.Pid);
        _insert.Bind(++column, caller?.Uid);
        _insert.Bind(++column, _words.Of(WireNames.Of(fleetEvent.Decision)));
        _insert.Bind(++column, _words.Of(WireNames.Of(fleetEvent.Operation)));
        _insert.Bind(++column, fleetEvent.Offset);
        _insert.Bind(++column, fleetEvent.Length);
        _insert.Bind(++column, _words.Of(claim?.Holder));
        _insert.Bind(++column, _words.Of(WireNames.Of(claim?.Source)));
        _insert.Bind(++column, _words.Of(fleetEvent.Feature));
        _insert.Bind(++column, fleetEvent.Count);
        _insert.BindText(++column, json);
        _insert.Run();
        _index.Add(LastRow, time, host, kind ?? Words.Other, function);
    }

    /// <summary>Writes what is known of the block under way; before each commit.</summary>
    public void Flush() => _index.Flush();

    public void Dispose()
    {
        _insert.Dispose();
        _words.Dispose();
        _index.Dispose();
    }
}
