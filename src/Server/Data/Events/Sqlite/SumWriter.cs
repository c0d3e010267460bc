using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>The prepared statements that add to the sums by minute.</summary>
internal sealed class SumWriter(SqliteConnection file) : IDisposable
{
    private static readonly string AddUp = $"ON CONFLICT DO UPDATE SET count = min(count, {SumBounds.Largest}) + excluded.count";

    private readonly Statement _addContention = new(file, $"INSERT INTO contention VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) {AddUp}");

    private readonly Statement _addLoss = new(file, $"INSERT INTO losses VALUES(?, ?, ?) {AddUp}");

    public void Write(ContentionSums sums)
    {
        foreach ((ContentionKey key, long count) in sums.Contention)
        {
            _addContention.Bind(1, key.Minute);
            _addContention.Bind(2, key.Host);
            _addContention.Bind(3, key.Kind);
            _addContention.Bind(4, key.Function);
            _addContention.Bind(5, key.Comm);
            _addContention.Bind(6, key.Decision);
            _addContention.Bind(7, key.Feature);
            _addContention.Bind(8, key.Region);
            _addContention.Bind(9, count);
            _addContention.Run();
        }

        foreach (((long minute, long host), long count) in sums.Losses)
        {
            _addLoss.Bind(1, minute);
            _addLoss.Bind(2, host);
            _addLoss.Bind(3, count);
            _addLoss.Run();
        }
    }

    public void Dispose()
    {
        _addContention.Dispose();
        _addLoss.Dispose();
    }
}
