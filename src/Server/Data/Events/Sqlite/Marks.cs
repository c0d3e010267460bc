using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// The highest sequence stored of each (host, epoch). Every day's file carries them on, so that a batch repeated after midnight, or
/// after retention took the file it was first stored in, still changes nothing.
/// </summary>
internal sealed class Marks
{
    private readonly Dictionary<(HostId Host, long Epoch), (long Sequence, long Moved)> _marks = [];

    public long Of(HostId host, long epoch) => _marks.GetValueOrDefault((host, epoch)).Sequence;

    /// <param name="host">The host.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="sequence">The sequence it reached.</param>
    /// <param name="moved">When, in minutes since 1970.</param>
    public void Set(HostId host, long epoch, long sequence, long moved) => _marks[(host, epoch)] = (sequence, moved);

    /// <summary>Takes in what a file says.</summary>
    public void Read(SqliteConnection file)
    {
        using SqliteCommand command = file.CreateCommand();
        command.CommandText = "SELECT host, epoch, seq, moved FROM marks";
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (HostId.TryParse(rows.GetString(0), out HostId host))
            {
                (HostId, long) key = (host, rows.GetInt64(1));
                if (rows.GetInt64(2) >= _marks.GetValueOrDefault(key).Sequence)
                {
                    _marks[key] = (rows.GetInt64(2), rows.GetInt64(3));
                }
            }
        }
    }

    /// <summary>Writes all of them into a new day's file, within the transaction that makes it.</summary>
    public void CarryOver(SqliteConnection file)
    {
        var kept = _marks.GroupBy(mark => mark.Key.Host).SelectMany(
            host => host.OrderByDescending(mark => mark.Key.Epoch <= IncomingBatch.ServerEpoch).ThenByDescending(mark => mark.Value.Moved).Take(NewEvents.EpochsKept + 2)).ToList();
        _marks.Clear();
        using MarkWriter writer = new(file);
        foreach (((HostId host, long epoch), (long sequence, long moved)) in kept)
        {
            Set(host, epoch, sequence, moved);
            writer.Write(host, epoch, sequence, moved);
        }
    }
}
