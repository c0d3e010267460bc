using Fleet.Broker;
using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Where every event of the host waits until the server has committed it. Publishers put events in a bounded queue (<see cref="SpoolIntake"/>); one writer
/// drains it in group commits and gives each event its place, epoch and sequence (<see cref="SpoolWriter"/>). When room is short, contention is merged before anything
/// is dropped (<see cref="SpoolPlanner"/>); what cannot be kept is counted, and agent.loss events say so as soon as there is room for them (<see cref="LossLedger"/>).
/// </summary>
internal sealed class Spool : IEventSink, IAsyncDisposable
{
    private readonly string _hostName;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly LossLedger _losses;
    private readonly SpoolDisk _disk;
    private readonly SpoolIntake _intake;
    private readonly SpoolWriter _writer;
    private readonly long _provisional = SpoolSchema.NewEpoch();

    // Up to which sequence events that cannot be read were counted.
    private long _damaged;

    public Spool(SpoolOptions options, string hostName, TimeProvider time, ILogger log)
    {
        _hostName = hostName;
        _time = time;
        _log = log;
        _losses = new LossLedger(hostName, log);
        _disk = new SpoolDisk(options, time, _losses, log);
        _intake = new SpoolIntake(options, hostName, time, _losses, () => _disk.Trouble is not null);
        _writer = new SpoolWriter(options, hostName, _disk, _intake, _losses, time, log);
        _writer.Start();
    }

    /// <summary>Which life of the file numbers the events. While the file cannot be opened, one that no event has and that ends with <see cref="Opened"/>.</summary>
    public long Epoch => _disk.File?.Epoch ?? _provisional;

    /// <summary>Ends when the file is open, which on a full disk takes until there is room.</summary>
    public Task Opened => _disk.Opened;

    /// <summary>Events that wait for acknowledgement, merged ones included, and those that the disk refuses.</summary>
    public long Count => Load is var load ? load.Events + load.Rows + (_disk.Trouble is null ? 0 : _intake.Waiting + _writer.Held) : 0;

    /// <summary>Bytes of these on disk.</summary>
    public long Bytes => Load is var load ? load.EventBytes + load.RowBytes : 0;

    /// <summary>Events lost since start, by reason.</summary>
    public IReadOnlyDictionary<string, long> Lost => _losses.Lost;

    /// <summary>Events since start whose count another one carries, because room was short.</summary>
    public long Merged => _writer.Merged + _intake.Merged;

    /// <summary>Why the disk does not take events now; null when it does.</summary>
    public string? Trouble => _disk.Trouble;

    private SpoolLoad Load => _disk.File?.Load ?? default;

    public void Publish(FleetEvent fleetEvent) => _intake.Publish(fleetEvent);

    /// <summary>Returns when everything published before is on disk.</summary>
    public Task FlushAsync(CancellationToken ct) => _intake.FlushAsync(ct);

    /// <summary>The oldest events that wait, in order; empty when none does. From now on the server may know them.</summary>
    public IReadOnlyList<FleetEvent> Read(int count, int bytes) => _disk.File?.Read(count, bytes, Damaged) ?? [];

    /// <summary>Returns when events may have arrived since the last call.</summary>
    public Task WaitAsync(CancellationToken ct) => _writer.WaitAsync(ct);

    /// <summary>Forgets what the server has committed. False when the acknowledgement cannot be ours: it is of an event that this file never gave out.</summary>
    public bool Acknowledge(BatchAcknowledgement acknowledgement)
    {
        if (_disk.File is not { } file)
        {
            return acknowledgement == new BatchAcknowledgement(_provisional, 0);
        }

        if (acknowledgement.Epoch != file.Epoch || acknowledgement.Sequence > file.Given || acknowledgement.Sequence < 0)
        {
            return false;
        }

        try
        {
            file.Delete(acknowledgement.Sequence);
        }
        catch (SqliteException e)
        {
            _disk.Failed(e); // They are forgotten all the same; the rows go with the next write that succeeds.
            _intake.Poke();
        }

        _writer.RoomMade(file.Load);
        return true;
    }

    /// <summary>
    /// Numbers for the server that knows this host by this identity. Numbers that another server knew would look to this one like events that never came.
    /// </summary>
    public async Task ServeAsync(HostId host, CancellationToken ct)
    {
        string owner = host.ToString();
        if (_disk.File is not { } file || file.Owner == owner)
        {
            return;
        }

        if (file.Owner is not null)
        {
            await RenumberAsync(file, ct);
        }

        try
        {
            file.SetOwner(owner);
        }
        catch (SqliteException e) when (file.Owner is null)
        {
            // No other server knows these numbers: a full disk keeps nobody from talking to the first one. It is written down with a later connection.
            _disk.Failed(e);
            _intake.Poke();
        }
    }

    /// <summary>
    /// The server knows later sequences of this epoch than the file gave out: the file is a copy from the past. A new epoch keeps
    /// the events that wait from being taken for repeats; what the lost file held is told as an interval.
    /// </summary>
    public async Task StartNewEpochAsync(CancellationToken ct)
    {
        if (_disk.File is not { } file)
        {
            return; // Numbers nothing yet.
        }

        _losses.Add(LossReasons.SpoolRestored, new Loss(0, file.Written, _time.GetUtcNow()));
        _intake.Poke();
        await RenumberAsync(file, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync();
        _disk.Close();
        _writer.Dispose();
    }

    // It keeps its number, so that the server misses nothing, and says what became of it. It may be read again until the server has it.
    private FleetEvent Damaged(long sequence)
    {
        if (sequence > _damaged)
        {
            _damaged = sequence;
            _losses.Count(LossReasons.SpoolDamaged);
        }

        return LossLedger.Tell(new LossKey(LossReasons.SpoolDamaged, IsInterval: true), _disk.Damage(), _hostName, _time.GetUtcNow());
    }

    private async Task RenumberAsync(SpoolFile file, CancellationToken ct)
    {
        await FlushAsync(ct);
        file.Renumber();
        _log.SpoolEpochStarted(_hostName, file.Epoch);
    }
}
