using Fleet.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>What the numbers in a day's rows stand for.</summary>
/// <param name="Hosts">The hosts by each of their names.</param>
/// <param name="Words">The texts.</param>
/// <param name="HasOther">Whether rows may have <see cref="Word.Other"/>.</param>
internal sealed record DayNames(IReadOnlyList<(int Key, HostId Id, string Name)> Hosts, IReadOnlyList<Word> Words, bool HasOther)
{
    public static readonly DayNames None = new([], [], false);

    /// <summary>Numbers of hosts that stand for more names than one.</summary>
    public IReadOnlySet<int> OfManyNames { get; } =
        Hosts.GroupBy(host => host.Id).Where(names => names.Count() >= NameBounds.OfAHost).Select(names => names.Max(name => name.Key)).ToHashSet();

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
        bool other = false;
        while (await rows.ReadAsync(ct))
        {
            Word word = new(rows.GetInt32(0), rows.GetString(1));
            if (word.Code is Word.Other)
            {
                other = true;
            }
            else
            {
                words.Add(word);
            }
        }

        // A day of an earlier version does not say so.
        return new DayNames(hosts, words, other || words.Count >= NameBounds.Words);
    }

    private static NpgsqlBatchCommand Of(string sql, DateOnly day) => new(sql) { Parameters = { SumUpserts.Value(NpgsqlDbType.Date, day) } };
}
