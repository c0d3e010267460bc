using Fleet.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>The statements that go with a group of events: marks, sums by minute, losses, times of zones, the day's last row.</summary>
internal static class SumUpserts
{
    public static NpgsqlBatchCommand Marks(IReadOnlyDictionary<(HostId Host, long Epoch), (long Sequence, long Minute)> moved) => new(
        """
        INSERT INTO event_marks(host, epoch, seq, moved) SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (host, epoch) DO UPDATE SET seq = excluded.seq, moved = excluded.moved
        """)
    {
        Parameters =
        {
            Array(NpgsqlDbType.Uuid, moved.Keys.Select(key => key.Host.Value)),
            Array(NpgsqlDbType.Bigint, moved.Keys.Select(key => key.Epoch)),
            Array(NpgsqlDbType.Bigint, moved.Values.Select(mark => mark.Sequence)),
            Array(NpgsqlDbType.Bigint, moved.Values.Select(mark => mark.Minute)),
        },
    };

    // Grouped, because two texts that differ in what PostgreSQL cannot hold have become one.
    public static NpgsqlBatchCommand Contention(DateOnly day, IReadOnlyDictionary<ContentionKey, long> sums) => new(
        $"""
        INSERT INTO {DayTables.Contention(day)} AS sums(minute, host, kind, function, comm, decision, feature, region, count)
        SELECT minute, host, kind, function, comm, decision, feature, region, sum(count)
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS new(minute, host, kind, function, comm, decision, feature, region, count)
        GROUP BY minute, host, kind, function, comm, decision, feature, region
        ON CONFLICT (day, minute, host, kind, function, comm, decision, feature, region) DO UPDATE SET count = least(sums.count, {SumBounds.Largest}) + excluded.count
        """)
    {
        Parameters =
        {
            Array(NpgsqlDbType.Integer, sums.Keys.Select(key => (int)key.Minute)),
            Array(NpgsqlDbType.Integer, sums.Keys.Select(key => (int)key.Host)),
            Texts(sums.Keys.Select(key => key.Kind)),
            Texts(sums.Keys.Select(key => key.Function)),
            Texts(sums.Keys.Select(key => key.Comm)),
            Texts(sums.Keys.Select(key => key.Decision)),
            Texts(sums.Keys.Select(key => key.Feature)),
            Texts(sums.Keys.Select(key => key.Region)),
            Array(NpgsqlDbType.Bigint, sums.Values),
        },
    };

    public static NpgsqlBatchCommand Losses(DateOnly day, IReadOnlyDictionary<(long Minute, long Host), long> losses) => new(
        $"""
        INSERT INTO losses AS sums(day, minute, host, count) SELECT $1, * FROM unnest($2, $3, $4)
        ON CONFLICT (day, minute, host) DO UPDATE SET count = least(sums.count, {SumBounds.Largest}) + excluded.count
        """)
    {
        Parameters =
        {
            Value(NpgsqlDbType.Date, day),
            Array(NpgsqlDbType.Integer, losses.Keys.Select(key => (int)key.Minute)),
            Array(NpgsqlDbType.Integer, losses.Keys.Select(key => (int)key.Host)),
            Array(NpgsqlDbType.Bigint, losses.Values),
        },
    };

    public static NpgsqlBatchCommand Zones(DateOnly day, IReadOnlyDictionary<int, (long Earliest, long Latest)> zones) => new(
        """
        INSERT INTO event_zones AS zones(day, zone, earliest, latest) SELECT $1, * FROM unnest($2, $3, $4)
        ON CONFLICT (day, zone) DO UPDATE SET earliest = least(zones.earliest, excluded.earliest), latest = greatest(zones.latest, excluded.latest)
        """)
    {
        Parameters =
        {
            Value(NpgsqlDbType.Date, day),
            Array(NpgsqlDbType.Integer, zones.Keys),
            Array(NpgsqlDbType.Bigint, zones.Values.Select(zone => zone.Earliest)),
            Array(NpgsqlDbType.Bigint, zones.Values.Select(zone => zone.Latest)),
        },
    };

    public static NpgsqlBatchCommand LastRow(DateOnly day, long last) => new("UPDATE event_days SET last_row = $2 WHERE day = $1")
    {
        Parameters = { Value(NpgsqlDbType.Date, day), Value(NpgsqlDbType.Bigint, last) },
    };

    public static NpgsqlParameter Value(NpgsqlDbType type, object value) => new() { Value = value, NpgsqlDbType = type };

    public static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) => Value(NpgsqlDbType.Array | type, values.ToArray());

    private static NpgsqlParameter Texts(IEnumerable<string> values) => Array(NpgsqlDbType.Text, values.Select(StorableText.Of));
}
