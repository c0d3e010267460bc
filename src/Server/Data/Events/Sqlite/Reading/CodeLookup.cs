using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>Finds the numbers that stand for what a pattern matches in one file.</summary>
internal sealed class CodeLookup(SqliteConnection file)
{
    private const int Most = 10_000;

    private static readonly string HostsSql = $"""
        SELECT key FROM hosts WHERE name LIKE ?1 ESCAPE '\' OR id LIKE ?1 ESCAPE '\'
        OR key IN (SELECT max(key) FROM hosts GROUP BY id HAVING count(*) >= {NameBounds.OfAHost}) LIMIT ?2
        """;

    private readonly Dictionary<(bool Hosts, string Pattern), IReadOnlyList<long>?> _found = [];

    /// <summary>Keys of hosts by name or id, and those that stand for more names than one; null when they are too many to be told one by one.</summary>
    public IReadOnlyList<long>? Hosts(string like) => Find(true, like, HostsSql);

    /// <summary>Numbers of texts, and <see cref="Sqlite.Words.Other"/> where rows have it; null when they are too many.</summary>
    public IReadOnlyList<long>? Words(string like) =>
        Find(false, like, @"SELECT code FROM words WHERE text LIKE ?1 ESCAPE '\' OR code = 0 LIMIT ?2");

    private IReadOnlyList<long>? Find(bool hosts, string like, string sql)
    {
        if (!_found.TryGetValue((hosts, like), out IReadOnlyList<long>? known))
        {
            using Statement statement = new(file, sql);
            statement.Bind(1, like);
            statement.Bind(2, Most + 1);
            List<long> codes = [];
            while (statement.Step())
            {
                codes.Add(statement.Number(0));
            }

            known = codes.Count > Most ? null : codes;
            _found.Add((hosts, like), known);
        }

        return known;
    }
}
