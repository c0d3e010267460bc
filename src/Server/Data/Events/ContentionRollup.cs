using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events;

/// <summary>
/// Adds up contention and losses by minute while events are stored, and writes the sums in the same transaction: what the sums say and
/// what the events say cannot differ. A minute is that of the event, but never later than its arrival, whatever the agent's clock says.
/// </summary>
internal sealed class ContentionRollup : IDisposable
{
    private readonly Dictionary<ContentionKey, long> _contention = [];
    private readonly Dictionary<(long Minute, long Host), long> _losses = [];
    private readonly SqliteCommand _addContention;
    private readonly SqliteCommand _addLoss;

    public ContentionRollup(SqliteConnection file)
    {
        _addContention = Prepare(
            file,
            "INSERT INTO contention VALUES($minute, $host, $kind, $function, $comm, $decision, $feature, $region, $count) ON CONFLICT DO UPDATE SET count = count + excluded.count",
            "$minute $host $kind $function $comm $decision $feature $region $count");
        _addLoss = Prepare(
            file, "INSERT INTO losses VALUES($minute, $host, $count) ON CONFLICT DO UPDATE SET count = count + excluded.count", "$minute $host $count");
    }

    public static bool IsContention(string kind) => kind.StartsWith("contention.", StringComparison.Ordinal);

    public void Add(long host, FleetEvent fleetEvent, DateTimeOffset arrival)
    {
        long minute = DaySchema.Minutes(fleetEvent.Time < arrival ? fleetEvent.Time : arrival);
        if (fleetEvent.Kind == EventKinds.AgentLoss)
        {
            _losses[(minute, host)] = _losses.GetValueOrDefault((minute, host)) + fleetEvent.Count;
        }
        else if (IsContention(fleetEvent.Kind))
        {
            ContentionKey key = new(
                minute,
                host,
                fleetEvent.Kind,
                fleetEvent.Function?.ToString() ?? "",
                fleetEvent.Caller?.Comm ?? "",
                WireNames.Of(fleetEvent.Decision) ?? "",
                fleetEvent.Feature ?? "",
                fleetEvent.Claim is { } claim ? $"{claim.Offset:x3}+{claim.Length:x}" : "");
            _contention[key] = _contention.GetValueOrDefault(key) + fleetEvent.Count;
        }
    }

    /// <summary>Writes the sums since the last time.</summary>
    public void Flush(SqliteTransaction transaction)
    {
        foreach ((ContentionKey key, long count) in _contention)
        {
            Run(_addContention, transaction, key.Minute, key.Host, key.Kind, key.Function, key.Comm, key.Decision, key.Feature, key.Region, count);
        }

        foreach (((long minute, long host), long count) in _losses)
        {
            Run(_addLoss, transaction, minute, host, count);
        }

        _contention.Clear();
        _losses.Clear();
    }

    public void Dispose()
    {
        _addContention.Dispose();
        _addLoss.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection file, string sql, string names)
    {
        SqliteCommand command = file.CreateCommand();
        command.CommandText = sql;
        foreach (string name in names.Split(' '))
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }
}
