using System.Collections.Concurrent;
using System.Threading.Channels;
using Fleet.Broker;
using Fleet.Contracts;
using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Where every event of the host waits until the server has committed it. Publishers put events in a bounded queue; one writer
/// drains it in group commits and gives each event its place (epoch, sequence). An event that cannot be kept is counted, and an
/// agent.loss event says so as soon as there is room for one.
/// </summary>
internal sealed class Spool : IEventSink, IAsyncDisposable
{
    private const int LargestCommit = 1000;
    private static readonly TimeSpan DiskRetry = TimeSpan.FromSeconds(1);

    private readonly SpoolOptions _options;
    private readonly string _hostName;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SpoolFile _file;
    private readonly Channel<Item> _queue;
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<string, long> _lost = new();
    private readonly Lock _lossGate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writer;
    private readonly Dictionary<string, Loss> _unannounced;

    public Spool(SpoolOptions options, string hostName, TimeProvider time, ILogger log)
    {
        _options = options;
        _hostName = hostName;
        _time = time;
        _log = log;
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
        foreach (string reason in LossReasons.All)
        {
            _lost[reason] = 0;
        }

        _file = OpenFile(out bool damaged);
        _unannounced = new Dictionary<string, Loss>(_file.Losses());
        if (damaged)
        {
            Lose(LossReasons.SpoolDamaged, 1);
        }

        _writer = Task.Run(DrainAsync);
        if (_unannounced.Count > 0)
        {
            _queue.Writer.TryWrite(default);
        }
    }

    /// <summary>Which life of the file numbers the events.</summary>
    public long Epoch => _file.Epoch;

    /// <summary>Events that wait for acknowledgement.</summary>
    public long Count => _file.Count;

    /// <summary>Events lost since start, by reason.</summary>
    public IReadOnlyDictionary<string, long> Lost => _lost;

    public void Publish(FleetEvent fleetEvent)
    {
        Item item = new(fleetEvent with { HostName = _hostName }, null);
        if (_queue.Writer.TryWrite(item))
        {
            return;
        }

        // Holding the publisher back a little turns a burst into the disk's pace instead of a loss.
        long start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < _options.PublishPatience)
        {
            using CancellationTokenSource patience = new(_options.PublishPatience, _time);
            try
            {
                if (!_queue.Writer.WaitToWriteAsync(patience.Token).AsTask().GetAwaiter().GetResult())
                {
                    break;
                }
            }
            catch (OperationCanceledException)
            {
                break;
            }

            if (_queue.Writer.TryWrite(item))
            {
                return;
            }
        }

        Lose(LossReasons.QueueFull, fleetEvent.Count);
    }

    /// <summary>Returns when everything published before is on disk.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Item(null, done), ct);
        await done.Task.WaitAsync(ct);
    }

    /// <summary>The oldest events that wait, in order; empty when none does.</summary>
    public IReadOnlyList<FleetEvent> Read(int count, int bytes) => _file.Read(count, bytes);

    /// <summary>Returns when events may have arrived since the last call.</summary>
    public async Task WaitAsync(CancellationToken ct) => await _arrivals.Reader.ReadAsync(ct);

    /// <summary>Forgets what the server has committed. False when the acknowledgement cannot be ours.</summary>
    public bool Acknowledge(BatchAcknowledgement acknowledgement)
    {
        if (acknowledgement.Epoch != _file.Epoch || acknowledgement.Sequence > _file.LastSequence || acknowledgement.Sequence < 0)
        {
            return false;
        }

        if (acknowledgement.Sequence > 0)
        {
            _file.Delete(acknowledgement.Sequence);
        }

        return true;
    }

    /// <summary>
    /// The server knows later sequences of this epoch than the file does: the file is a copy from the past. A new epoch keeps
    /// the events that wait from being taken for repeats.
    /// </summary>
    public async Task StartNewEpochAsync(CancellationToken ct)
    {
        await FlushAsync(ct);
        _file.Renumber();
        _log.SpoolEpochStarted(_hostName, _file.Epoch);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        // A disk that refuses every write must not keep the agent from stopping.
        _stopping.CancelAfter(TimeSpan.FromSeconds(10));
        await _writer;
        _file.Dispose();
        _stopping.Dispose();
    }

    private SpoolFile OpenFile(out bool damaged)
    {
        damaged = false;
        try
        {
            return SpoolFile.Open(_options.Path);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26) // SQLITE_CORRUPT, SQLITE_NOTADB
        {
            damaged = true;
            string aside = $"{_options.Path}.damaged-{_time.GetUtcNow():yyyyMMddHHmmss}";
            File.Move(_options.Path, aside, overwrite: true);
            File.Delete(_options.Path + "-wal");
            File.Delete(_options.Path + "-shm");
            _log.SpoolDamaged(_options.Path, aside, e);
            return SpoolFile.Open(_options.Path);
        }
    }

    private async Task DrainAsync()
    {
        List<FleetEvent> events = [];
        List<TaskCompletionSource> flushed = [];
        while (await _queue.Reader.WaitToReadAsync())
        {
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

            await CommitAsync(events);
            flushed.ForEach(f => f.TrySetResult());
        }
    }

    private async Task CommitAsync(List<FleetEvent> events)
    {
        List<FleetEvent> kept = Fit(events);
        while (true)
        {
            try
            {
                Dictionary<string, Loss> losses = Announce(kept);
                if (kept.Count > 0 || losses.Count > 0)
                {
                    IReadOnlyList<FleetEvent> stored = _file.Append(kept, losses);
                    _options.Committed?.Invoke(stored);
                    _arrivals.Writer.TryWrite(true);
                }

                return;
            }
            catch (SqliteException e)
            {
                _log.SpoolWriteFailed(_options.Path, e.Message);
                if (_stopping.IsCancellationRequested)
                {
                    _log.SpoolAbandoned(kept.Count, _options.Path);
                    return;
                }

                await Task.Delay(DiskRetry, _time);
            }
        }
    }

    // Contention gives way first: it repeats, and its count survives in agent.loss.
    private List<FleetEvent> Fit(List<FleetEvent> events)
    {
        long room = _options.MaxEvents - _file.Count;
        long contentionRoom = room - (_options.MaxEvents / 10);
        List<FleetEvent> kept = new(events.Count);
        foreach (FleetEvent e in events)
        {
            bool contention = e.Kind is EventKinds.ContentionAccess or EventKinds.ContentionExchange or EventKinds.ContentionBypass;
            // One place stays free, so that the loss itself can be told.
            if (room <= 1 || (contention && contentionRoom <= 0))
            {
                Lose(LossReasons.SpoolFull, e.Count);
                continue;
            }

            kept.Add(e);
            room--;
            contentionRoom--;
        }

        return kept;
    }

    // Moves unannounced losses into agent.loss events while there is room; what is left is stored beside the events.
    private Dictionary<string, Loss> Announce(List<FleetEvent> kept)
    {
        lock (_lossGate)
        {
            long contentionRoom = _options.MaxEvents - (_options.MaxEvents / 10) - _file.Count - kept.Count;
            foreach ((string reason, Loss loss) in _unannounced.ToList())
            {
                if (contentionRoom-- <= 0)
                {
                    break;
                }

                kept.Add(new FleetEvent
                {
                    HostName = _hostName,
                    Time = _time.GetUtcNow(),
                    Kind = EventKinds.AgentLoss,
                    Count = loss.Count,
                    First = loss.First,
                    Detail = $"{loss.Count} events were lost ({reason}): {LossReasons.Explain(reason)}.",
                });
                _unannounced.Remove(reason);
            }

            return new Dictionary<string, Loss>(_unannounced);
        }
    }

    private void Lose(string reason, long count)
    {
        bool first;
        lock (_lossGate)
        {
            first = !_unannounced.TryGetValue(reason, out Loss loss);
            _unannounced[reason] = first ? new Loss(count, _time.GetUtcNow()) : loss with { Count = loss.Count + count };
            _lost.AddOrUpdate(reason, count, (_, old) => old + count);
        }

        if (first)
        {
            _log.EventsLost(_hostName, reason, LossReasons.Explain(reason));
        }
    }

    private readonly record struct Item(FleetEvent? Event, TaskCompletionSource? Flushed);
}
