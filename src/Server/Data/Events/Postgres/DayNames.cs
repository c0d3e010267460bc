using Fleet.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>What the numbers in a day's rows stand for.</summary>
internal sealed record DayNames(IReadOnlyList<(int Key, HostId Id, string Name)> Hosts, IReadOnlyList<Word> Words)
{
    public static readonly DayNames None = new([], []);

    public static async Task<DayNames> ReadAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct)
    {
        await using NpgsqlBatch batch = new(connection)
        {
            BatchCommands = { Of("SELECT key, id, name FROM event_hosts WHERE day = $1", day), Of("SELECT code, text FROM event_words WHERE day = $1", day) },
        };
        await using NpgsqlDataReader rows = await batch.ExecuteReaderAsync(ct);
        List<(int, HostId, string)> hosts = [];
        while (await rows.ReadAsync(ct))
        {
            hosts.Add((rows.GetInt32(0), new HostId(rows.GetGuid(1)), rows.GetString(2)));
        }

        await rows.NextResultAsync(ct);
        List<Word> words = [];
        while (await rows.ReadAsync(ct))
        {
            words.Add(new Word(rows.GetInt32(0), rows.GetString(1)));
        }

        return new DayNames(hosts, words);
    }

    private static NpgsqlBatchCommand Of(string sql, DateOnly day) => new(sql) { Parameters = { SumUpserts.Value(NpgsqlDbType.Date, day) } };
}
