using System.Threading.Channels;
using Fleet.Broker;
using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Where every event of the host waits until the server has committed it. Publishers put events in a bounded queue; one writer
/// drains it in group commits and gives each event its place (epoch, sequence). When room is short, contention is merged before anything is
/// dropped; what cannot be kept is counted, and agent.loss events say so as soon as there is room for them.
/// </summary>
internal sealed class Spool : IEventSink, IAsyncDisposable
{
    private const int LargestCommit = 1000;
    private const int MostOverflow = 4096;
    private static readonly TimeSpan DiskRetry = TimeSpan.FromSeconds(1);

    private readonly SpoolOptions _options;
    private readonly string _hostName;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SpoolFile _file;
    private readonly SpoolPlanner _planner;
    private readonly LossLedger _losses = new();
    private readonly Overflow _overflow = new(MostOverflow);
    private readonly Channel<Item> _queue;
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly AliveFile _alive;
    private readonly Task _writer;
    private volatile string? _trouble;
    private long _merged;
    private long _untold;
    private long _reachable;

    public Spool(SpoolOptions options, string hostName, TimeProvider time, ILogger log)
    {
        _options = options;
        _hostName = hostName;
        _time = time;
        _log = log;
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
        _file = OpenFile();
        _reachable = _file.LastSequence;
        _losses.Restore(_file.Losses());
        _planner = new SpoolPlanner(options, hostName);
        _planner.Restore(_file.Merged());
        _alive = new AliveFile(options.Path + ".alive", options.AliveInterval, time, () => _queue.Reader.Count is 0 && _trouble is null);
        if (_file.WasOpen)
        {
            DateTimeOffset since = _alive.Last is { } alive && alive > _file.Written ? alive : _file.Written;
            Lose(LossReasons.UncleanStop, new Loss(0, since - options.HeldBack, _time.GetUtcNow()));
        }

        MarkOpen(open: true);
        _writer = Task.Run(DrainAsync);
        Poke();
    }

    /// <summary>Which life of the file numbers the events.</summary>
    public long Epoch => _file.Epoch;

    /// <summary>Events that wait for acknowledgement, merged ones included.</summary>
    public long Count => _file.Load is var load ? load.Events + load.Rows : 0;

    /// <summary>Bytes of these.</summary>
    public long Bytes => _file.Load is var load ? load.EventBytes + load.RowBytes : 0;

    /// <summary>Events lost since start, by reason.</summary>
    public IReadOnlyDictionary<string, long> Lost => _losses.Lost;

    /// <summary>Events since start whose count another one carries, because room was short.</summary>
    public long Merged => Interlocked.Read(ref _merged) + _overflow.Merged;

    /// <summary>Why the disk does not take events now; null when it does.</summary>
    public string? Trouble => _trouble;

    public void Publish(FleetEvent fleetEvent)
    {
        FleetEvent e = fleetEvent with { HostName = _hostName };
        MergeKey? key = MergeKey.Of(e);
        if (key is not null && _queue.Reader.Count >= _options.QueueLength * 3 / 4)
        {
            // The last quarter is for what cannot be merged.
            if (!_overflow.TryAdd(key, e))
            {
                Lose(e.Count);
            }

            Poke();
            return;
        }

        if (!_queue.Writer.TryWrite(new Item(e, null)) && !HoldBack(new Item(e, null)))
        {
            Lose(e.Count);
        }
    }

    /// <summary>Returns when everything published before is on disk.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Item(null, done), ct);
        await done.Task.WaitAsync(ct);
    }

    /// <summary>The oldest events that wait, in order; empty when none does. From now on the server may know them.</summary>
    public IReadOnlyList<FleetEvent> Read(int count, int bytes)
    {
        IReadOnlyList<FleetEvent> events = _file.Read(count, bytes);
        if (events.Count > 0)
        {
            _reachable = Math.Max(_reachable, events[^1].Sequence);
        }

        return events;
    }

    /// <summary>Returns when events may have arrived since the last call.</summary>
    public async Task WaitAsync(CancellationToken ct) => await _arrivals.Reader.ReadAsync(ct);

    /// <summary>Forgets what the server has committed. False when the acknowledgement cannot be ours: it is of an event that this file never gave out.</summary>
    public bool Acknowledge(BatchAcknowledgement acknowledgement)
    {
        if (acknowledgement.Epoch != _file.Epoch || acknowledgement.Sequence > _reachable || acknowledgement.Sequence < 0)
        {
            return false;
        }

        try
        {
            _file.Delete(acknowledgement.Sequence);
        }
        catch (SqliteException e)
        {
            InTrouble(e); // They are forgotten all the same; the rows go with the next write that succeeds.
            Poke();
        }

        if (_planner.Rows > 0 && _planner.MayRelease(_file.Load))
        {
            Poke();
        }

        return true;
    }

    /// <summary>
    /// Numbers for the server that knows this host by this identity. Numbers that another server knew would look to this one like events that never came.
    /// </summary>
    public async Task ServeAsync(HostId host, CancellationToken ct)
    {
        string owner = host.ToString();
        if (_file.Owner == owner)
        {
            return;
        }

        if (_file.Owner is not null)
        {
            await RenumberAsync(ct);
        }

        _file.SetOwner(owner);
    }

    /// <summary>
    /// The server knows later sequences of this epoch than the file gave out: the file is a copy from the past. A new epoch keeps
    /// the events that wait from being taken for repeats; what the lost file held is told as an interval.
    /// </summary>
    public async Task StartNewEpochAsync(CancellationToken ct)
    {
        Lose(LossReasons.SpoolRestored, new Loss(0, _file.Written, _time.GetUtcNow()));
        Poke();
        await RenumberAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        _alive.Dispose();
        _queue.Writer.TryComplete();
        // A disk that refuses every write must not keep the agent from stopping.
        _stopping.CancelAfter(TimeSpan.FromSeconds(10));
        await _writer;
        if (_trouble is null)
        {
            MarkOpen(open: false);
        }

        _file.Dispose();
        _stopping.Dispose();
    }

    private async Task RenumberAsync(CancellationToken ct)
    {
        await FlushAsync(ct);
        _file.Renumber();
        _reachable = 0;
        _log.SpoolEpochStarted(_hostName, _file.Epoch);
    }

    private SpoolFile OpenFile()
    {
        try
        {
            return SpoolFile.Open(_options.Path);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26) // SQLITE_CORRUPT, SQLITE_NOTADB
        {
            string aside = $"{_options.Path}.damaged-{_time.GetUtcNow():yyyyMMddHHmmss}";
            DateTimeOffset began = File.GetCreationTimeUtc(_options.Path);
            File.Move(_options.Path, aside, overwrite: true);
            File.Delete(_options.Path + "-wal");
            File.Delete(_options.Path + "-shm");
            _log.SpoolDamaged(_options.Path, aside, e);
            Lose(LossReasons.SpoolDamaged, new Loss(0, began, _time.GetUtcNow()));
            return SpoolFile.Open(_options.Path);
        }
    }

    private void MarkOpen(bool open)
    {
        try
        {
            _file.MarkOpen(open, _time.GetUtcNow());
        }
        catch (SqliteException e)
        {
            InTrouble(e);
        }
    }

    // Holding the publisher back a little turns a burst into the disk's pace instead of a loss. Not for long: it may be a thread of the pool.
    private bool HoldBack(Item item)
    {
        long start = _time.GetTimestamp();
        while (_trouble is null && _time.GetElapsedTime(start) < _options.PublishPatience)
        {
            using CancellationTokenSource patience = new(_options.PublishPatience, _time);
            try
            {
                if (!_queue.Writer.WaitToWriteAsync(patience.Token).AsTask().GetAwaiter().GetResult())
                {
                    return false;
                }
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            if (_queue.Writer.TryWrite(item))
            {
                return true;
            }
        }

        return false;
    }

    private void Poke() => _queue.Writer.TryWrite(default);

    private async Task DrainAsync()
    {
        List<FleetEvent> events = [];
        List<TaskCompletionSource> flushed = [];
        bool more;
        do
        {
            more = await _queue.Reader.WaitToReadAsync();
            events.Clear();
            flushed.Clear();
            while (events.Count < LargestCommit && _queue.Reader.TryRead(out Item item))
            {
                if (item.Event is not null)
                {
                    events.Add(item.Event);
                }

                if (item.Flushed is not null)
                {
                    flushed.Add(item.Flushed);
                }
            }

            events.AddRange(_overflow.Take());
            await CommitAsync(events);
            flushed.ForEach(f => f.TrySetResult());
        }
        while (more);
    }

    private async Task CommitAsync(List<FleetEvent> events)
    {
        while (true)
        {
            try
            {
                Commit(events);
                return;
            }
            catch (Exception e) // the edge of the writer: whatever a disk or a driver throws, what waits must be written later
            {
                InTrouble(e);
                if (_stopping.IsCancellationRequested)
                {
                    _log.SpoolAbandoned(events.Count, _options.Path);
                    return;
                }

                await Task.Delay(DiskRetry, _time);
            }
        }
    }

    private void Commit(List<FleetEvent> events)
    {
        DateTimeOffset now = _time.GetUtcNow();
        SpoolPlan plan = _planner.Plan(events, _file.Load, _losses.Untold(), now);
        // Losses go to disk too while there is no room to tell of them: a kill must not take their number along.
        if (plan.IsEmpty && _trouble is null && plan.Untold.Values.Sum(loss => loss.Count + 1) == _untold)
        {
            return;
        }

        IReadOnlyList<FleetEvent> stored = _file.Append(plan, now);
        _planner.Done(plan);
        _untold = plan.Untold.Values.Sum(loss => loss.Count + 1);
        _losses.Told(plan.Told, now);
        Interlocked.Add(ref _merged, plan.MergedEvents);
        if (_trouble is not null)
        {
            _trouble = null;
            _log.SpoolWritable(_options.Path);
        }

        if (plan.Lost.Count > 0)
        {
            Lose(LossReasons.SpoolFull, plan.Lost);
        }

        if (plan.Released.Count > 0 && _planner.Rows > 0)
        {
            Poke();
        }

        _arrivals.Writer.TryWrite(true);
        Tell(stored);
    }

    private void Tell(IReadOnlyList<FleetEvent> stored)
    {
        try
        {
            _options.Committed?.Invoke(stored);
        }
        catch (Exception e) // a listener's: the events are on disk, and must not be written again
        {
            _log.SpoolListenerFailed(e);
        }
    }

    private void InTrouble(Exception e)
    {
        if (_trouble is null)
        {
            _log.SpoolWriteFailed(_options.Path, e.Message);
        }

        _trouble = e.Message;
    }

    private void Lose(long count) => Lose(_trouble is null ? LossReasons.QueueFull : LossReasons.DiskFailed, new Loss(count, _time.GetUtcNow()));

    private void Lose(string reason, Loss loss)
    {
        if (_losses.Add(reason, loss))
        {
            _log.EventsLost(_hostName, reason, LossReasons.Explain(reason));
        }
    }

    private readonly record struct Item(FleetEvent? Event, TaskCompletionSource? Flushed);
}
