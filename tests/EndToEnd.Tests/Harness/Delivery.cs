using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>
/// Where the events of simulated hosts are, once nothing moves: produced by the simulator's ledgers, stored by the server's files, waiting
/// by the agents' spools. An event is lost when it was produced and is in neither of the other two.
/// </summary>
internal sealed record Delivery(
    IReadOnlySet<EventKey> Produced, IReadOnlyList<EventKey> Stored, IReadOnlyList<EventKey> Waiting, string SimulatorData, string ServerData)
{
    public IReadOnlyList<EventKey> Lost => [.. Produced.Except(Stored).Except(Waiting)];

    public IReadOnlyList<EventKey> StoredTwice => [.. Stored.GroupBy(key => key).Where(group => group.Count() > 1).Select(group => group.Key)];

    public IReadOnlyList<EventKey> NeverProduced => [.. Stored.Where(key => key.Epoch > EventKey.ServerEpoch && !Produced.Contains(key))];

    /// <summary>Reads all of it; simulator and server may run, but what moves meanwhile may show in neither place.</summary>
    public static Delivery Read(string simulatorData, string serverData)
    {
        HashSet<EventKey> produced = [];
        Dictionary<string, string> hosts = [];
        foreach (string file in Directory.GetFiles(Path.Combine(simulatorData, "ledger")))
        {
            foreach (string line in File.ReadLines(file))
            {
                using JsonDocument entry = JsonDocument.Parse(line);
                EventKey key = new(
                    entry.RootElement.GetProperty("host").GetString()!, entry.RootElement.GetProperty("epoch").GetInt64(),
                    entry.RootElement.GetProperty("sequence").GetInt64());
                Assert.True(produced.Add(key), $"{key} was given twice");
                hosts[Path.GetFileNameWithoutExtension(file)] = key.Host;
            }
        }

        IReadOnlyList<EventKey> waiting = [.. hosts.SelectMany(host => Spooled(SpoolOf(simulatorData, host.Key), host.Value))];
        return new Delivery(produced, EventStore.Keys(serverData), waiting, simulatorData, serverData);
    }

    /// <summary>Fails when an event is lost or stored twice, and says of which host which range, and what spools, marks and gaps say.</summary>
    public void AssertComplete()
    {
        Assert.True(Lost.Count is 0, Explain("lost: neither stored nor in the spool", Lost));
        Assert.True(StoredTwice.Count is 0, Explain("stored twice", StoredTwice));
        Assert.True(NeverProduced.Count is 0, Explain("stored that no agent produced", NeverProduced));
    }

    private string Explain(string what, IReadOnlyList<EventKey> keys)
    {
        StringBuilder text = new($"{keys.Count} events {what}; {Produced.Count} were produced, {Stored.Count} are stored, {Waiting.Count} wait.\n");
        foreach (IGrouping<(string, long), EventKey> epoch in keys.GroupBy(key => (key.Host, key.Epoch)))
        {
            text.AppendLine($"  host {epoch.Key.Item1} epoch {epoch.Key.Item2}: {Ranges([.. epoch.Select(key => key.Sequence).Order()])}");
        }

        foreach (string spool in Directory.GetDirectories(Path.Combine(SimulatorData, "hosts")).Order(StringComparer.Ordinal))
        {
            text.AppendLine($"  spool of {Path.GetFileName(spool)}: {DescribeSpool(Path.Combine(spool, "spool.db"))}");
        }

        foreach (string mark in EventStore.Marks(ServerData))
        {
            text.AppendLine($"  the server's mark: {mark}");
        }

        foreach (string loss in EventStore.Losses(ServerData).Take(10))
        {
            text.AppendLine($"  told of: {loss}");
        }

        return text.ToString();
    }

    private static string Ranges(IReadOnlyList<long> sequences)
    {
        List<string> ranges = [];
        for (int first = 0, next; first < sequences.Count; first = next)
        {
            next = first + 1;
            while (next < sequences.Count && sequences[next] - sequences[next - 1] <= 1)
            {
                next++;
            }

            ranges.Add($"{sequences[first]} to {sequences[next - 1]}");
        }

        return string.Join(", ", ranges.Take(20)) + (ranges.Count > 20 ? ", …" : "");
    }

    private static string SpoolOf(string data, string host) => Path.Combine(data, "hosts", host, "spool.db");

    private static List<EventKey> Spooled(string file, string host)
    {
        using SqliteConnection connection = Open(file);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT value FROM meta WHERE name = 'epoch'), sequence FROM events ORDER BY sequence";
        using SqliteDataReader rows = command.ExecuteReader();
        List<EventKey> keys = [];
        while (rows.Read())
        {
            keys.Add(new EventKey(host, rows.GetInt64(0), rows.GetInt64(1)));
        }

        return keys;
    }

    private static string DescribeSpool(string file)
    {
        using SqliteConnection connection = Open(file);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            SELECT 'epoch ' || (SELECT value FROM meta WHERE name = 'epoch') || ', given up to ' || (SELECT value FROM meta WHERE name = 'last')
                || ', ' || count(*) || ' wait (' || coalesce(min(sequence) || ' to ' || max(sequence), 'none') || '), losses not told of: '
                || (SELECT coalesce(group_concat(reason || ' ' || count), 'none') FROM losses)
            FROM events
            """;
        return (string)command.ExecuteScalar()!;
    }

    private static SqliteConnection Open(string file)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
