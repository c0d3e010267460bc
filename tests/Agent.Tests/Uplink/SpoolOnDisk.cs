using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A spool on a real file, and what tests of it do to both.</summary>
public abstract class SpoolOnDisk : IDisposable
{
    internal TemporaryDirectory Place { get; } = new();

    public void Dispose()
    {
        Place.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static FleetEvent Event(string kind) => new() { Time = DateTimeOffset.UnixEpoch, Kind = kind };

    internal static FleetEvent Contention(int offset, int second) => Event(EventKinds.ContentionAccess) with
    {
        Time = DateTimeOffset.UnixEpoch.AddSeconds(second),
        Caller = new Caller { Pid = 100 + second, Comm = "setpci", Exe = "/usr/bin/setpci" },
        Offset = offset,
        Length = 4,
        Decision = Decision.Refuse,
    };

    /// <summary>Reads and acknowledges as a server would until so many events have come.</summary>
    internal static async Task<IReadOnlyList<FleetEvent>> DrainAsync(Spool spool, int count, int batchSize = 20)
    {
        List<FleetEvent> all = [];
        await WaitFor.TrueAsync(() =>
        {
            IReadOnlyList<FleetEvent> batch = spool.Read(batchSize, int.MaxValue);
            all.AddRange(batch);
            return (batch.Count is 0 || spool.Acknowledge(new BatchAcknowledgement(spool.Epoch, batch[^1].Sequence))) && spool.Count is 0 && all.Count >= count;
        });
        return all;
    }

    internal void Copy(string name)
    {
        // Of the files while the spool is open: what a kill -9 leaves, and what a backup takes.
        foreach (string file in Directory.GetFiles(Place.Path, "spool.db*"))
        {
            File.Copy(file, file.Replace("spool.db", name, StringComparison.Ordinal));
        }
    }

    /// <summary>Changes the file.</summary>
    internal void Meddle(string sql)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Place.File("spool.db"), Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant statements only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    internal Spool Open(string name = "spool.db", int maxEvents = 10_000) =>
        new(new SpoolOptions { Path = Place.File(name), MaxEvents = maxEvents }, "host-a", TimeProvider.System, NullLogger.Instance);
}
