using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>Between which rows of a day the times lie that are asked for.</summary>
internal static class DayZones
{
    /// <summary>Zones between two that are wanted which an index passes more cheaply than it is asked twice.</summary>
    private const int PassedByIndex = 64;

    /// <summary>The runs of rows, in order, from the first of the day to a bound (exclusive), in which there may be any. All of it where no time is asked for.</summary>
    public static async Task<IReadOnlyList<(long Start, long End)>> RunsAsync(NpgsqlConnection connection, EventFilter filter, DateOnly day, long end, bool byIndex, CancellationToken ct)
    {
        if (filter.Since is null && filter.Until is null)
        {
            return [(1, end)];
        }

        await using NpgsqlCommand command = new("SELECT zone FROM event_zones WHERE day = $1 AND latest >= $2 AND earliest <= $3 AND zone <= $4 ORDER BY zone", connection);
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Date, day));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, filter.Since is { } since ? StoreTime.Microseconds(since) : long.MinValue));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, filter.Until is { } until ? StoreTime.Microseconds(until) : long.MaxValue));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Integer, (int)(end / EventTransaction.RowsPerZone)));
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(ct);
        List<(long First, long Last)> zones = [];
        while (await row.ReadAsync(ct))
        {
            long zone = row.GetInt32(0);
            if (zones is [.., (long first, long last)] && zone - last <= (byIndex ? PassedByIndex : 1))
            {
                zones[^1] = (first, zone);
            }
            else
            {
                zones.Add((zone, zone));
            }
        }

        return [.. zones.Select(run => (Math.Max(1, run.First * EventTransaction.RowsPerZone), Math.Min(end, (run.Last + 1) * EventTransaction.RowsPerZone)))];
    }
}
