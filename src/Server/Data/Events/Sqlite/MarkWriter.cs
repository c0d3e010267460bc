using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>The prepared statement that moves a mark.</summary>
internal sealed class MarkWriter(SqliteConnection file) : IDisposable
{
    private readonly Statement _move = new(
        file, "INSERT INTO marks VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq, moved = excluded.moved");

    public void Write(HostId host, long epoch, long sequence, long moved)
    {
        _move.Bind(1, host.ToString());
        _move.Bind(2, epoch);
        _move.Bind(3, sequence);
        _move.Bind(4, moved);
        _move.Run();
    }

    public void Dispose() => _move.Dispose();
}
