using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>The prepared statement that moves a mark.</summary>
internal sealed class MarkWriter : IDisposable
{
    private readonly SqliteCommand _command;

    public MarkWriter(SqliteConnection file)
    {
        _command = file.CreateCommand();
        _command.CommandText = "INSERT INTO marks VALUES($host, $epoch, $seq, $moved) ON CONFLICT DO UPDATE SET seq = excluded.seq, moved = excluded.moved";
        _command.Parameters.Add("$host", SqliteType.Text);
        _command.Parameters.Add("$epoch", SqliteType.Integer);
        _command.Parameters.Add("$seq", SqliteType.Integer);
        _command.Parameters.Add("$moved", SqliteType.Integer);
    }

    public SqliteTransaction? Transaction
    {
        set => _command.Transaction = value;
    }

    public void Write(HostId host, long epoch, long sequence, long moved)
    {
        _command.Parameters[0].Value = host.ToString();
        _command.Parameters[1].Value = epoch;
        _command.Parameters[2].Value = sequence;
        _command.Parameters[3].Value = moved;
        _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();
}
