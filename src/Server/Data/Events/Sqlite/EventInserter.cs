using System.Text.Json;
using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>The one prepared INSERT of a day's file. Setting parameters by position is what makes a row cheap.</summary>
internal sealed class EventInserter : IDisposable
{
    private readonly SqliteCommand _command;
    private readonly SqliteParameter[] _values;

    public EventInserter(SqliteConnection file)
    {
        _command = file.CreateCommand();
        _command.CommandText = DaySchema.InsertEvent;
        _values =
        [
            .. "$host $epoch $seq $time $kind $function $comm $exe $pid $uid $decision $operation $offset $length $holder $source $feature $count $payload"
                .Split(' ').Select(name => _command.Parameters.Add(new SqliteParameter { ParameterName = name })),
        ];
    }

    public SqliteTransaction? Transaction
    {
        set => _command.Transaction = value;
    }

    public void Insert(long host, FleetEvent fleetEvent)
    {
        int column = 0;
        Set(ref column, host);
        Set(ref column, fleetEvent.Epoch);
        Set(ref column, fleetEvent.Sequence);
        Set(ref column, StoreTime.Microseconds(fleetEvent.Time));
        Set(ref column, fleetEvent.Kind);
        Set(ref column, fleetEvent.Function?.ToString());
        Set(ref column, fleetEvent.Caller?.Comm);
        Set(ref column, fleetEvent.Caller?.Exe);
        Set(ref column, fleetEvent.Caller?.Pid);
        Set(ref column, fleetEvent.Caller?.Uid);
        Set(ref column, WireNames.Of(fleetEvent.Decision));
        Set(ref column, WireNames.Of(fleetEvent.Operation));
        Set(ref column, fleetEvent.Offset);
        Set(ref column, fleetEvent.Length);
        Set(ref column, fleetEvent.Claim?.Holder);
        Set(ref column, WireNames.Of(fleetEvent.Claim?.Source));
        Set(ref column, fleetEvent.Feature);
        Set(ref column, fleetEvent.Count);
        Set(ref column, JsonSerializer.Serialize(fleetEvent, FleetJson.Options));
        _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();

    private void Set(ref int column, object? value) => _values[column++].Value = value ?? DBNull.Value;
}
