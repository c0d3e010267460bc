using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Walks in order through the entries of an index of one day. Every index says host, kind and function of its rows, so what they have in common is
/// found there, without a look at the rows. Which index: each that could be taken goes a few entries first, and the one whose entries lie furthest
/// apart goes on; nothing is believed of statistics, which are of an hour ago.
/// </summary>
internal sealed class IndexWalk(NpgsqlConnection connection, DateOnly day, DayCondition condition, bool descending)
{
    private const int FewEntries = 200;
    private const int MostEntries = 50_000;
    private readonly double[] _apart = new double[condition.Lookups.Count];
    private readonly string _order = descending ? "DESC" : "ASC";
    private int _steps;

    /// <summary>Goes on from one bound (inclusive) to the other (exclusive).</summary>
    /// <returns>The rows that may be selected, in order; what is left to walk through; and how many entries were looked at.</returns>
    public async Task<(long[] Rows, long Start, long End, long Entries)> StepAsync(long start, long end, int lacking, CancellationToken ct)
    {
        int which = _steps < _apart.Length ? _steps : Array.IndexOf(_apart, _apart.Max());
        int most = (int)Math.Min(MostEntries, (long)Math.Max(FewEntries, lacking) << (2 * Math.Clamp(++_steps - _apart.Length, 0, 10)));
        await using NpgsqlCommand command = new(Sql(condition.Lookups[which]), connection);
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, start));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Bigint, end));
        command.Parameters.Add(SumUpserts.Value(NpgsqlDbType.Integer, most));
        condition.Entries.AddTo(command);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        long entries = row.GetInt64(0);
        long[] rows = row.IsDBNull(2) ? [] : row.GetFieldValue<long[]>(2);
        Array.Sort(rows);
        if (descending)
        {
            Array.Reverse(rows);
        }

        if (entries < most)
        {
            return descending ? (rows, start, start, entries) : (rows, end, end, entries);
        }

        long last = row.GetInt64(1);
        _apart[which] = (descending ? end - last : last + 1 - start) / (double)entries;
        return descending ? (rows, start, last, entries) : (rows, last + 1, end, entries);
    }

    // The day is named by its table alone: with a condition on it the primary key could answer too, and would be walked through whole.
    private string Sql(IndexLookup lookup)
    {
        IEnumerable<string> each = lookup.Codes.Select(code =>
            $"(SELECT id, host, kind, function FROM {DayTables.Events(day)} WHERE {lookup.Column} = {code} AND id >= $1 AND id < $2 ORDER BY id {_order} LIMIT $3)");
        return $"""
            SELECT count(*), {(descending ? "min" : "max")}(id)::bigint, array_agg(id::bigint) FILTER (WHERE {condition.Entries.Text})
            FROM (SELECT * FROM ({string.Join(" UNION ALL ", each)}) AS every ORDER BY id {_order} LIMIT $3) AS entries
            """;
    }
}
