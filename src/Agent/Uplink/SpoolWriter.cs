using System.Threading.Channels;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>The one who writes: takes what was published, has it planned, commits it, and where the disk refuses does the same again each second.</summary>
internal sealed class SpoolWriter : IDisposable
{
    private static readonly TimeSpan DiskRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopRetry = TimeSpan.FromMilliseconds(100);

    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SpoolDisk _disk;
    private readonly SpoolIntake _intake;
    private readonly LossLedger _losses;
    private readonly SpoolPlanner _planner;
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _asked = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly AliveFile _alive;
    private Task _running = Task.CompletedTask;
    private long _merged;
    private long _untold;
    private int _abandoned;
    private volatile int _held;

    public SpoolWriter(SpoolOptions options, string hostName, SpoolDisk disk, SpoolIntake intake, LossLedger losses, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _log = log;
        _disk = disk;
        _intake = intake;
        _losses = losses;
        _planner = new SpoolPlanner(options, hostName);
        _alive = new AliveFile(options.Path + ".alive", options.AliveInterval, time, () => _intake.Waiting is 0 && _disk.Trouble is null);
    }

    /// <summary>Events since start that were merged into rows.</summary>
    public long Merged => Interlocked.Read(ref _merged);

    /// <summary>Events that were taken and are not on disk yet.</summary>
    public int Held => _held;

    /// <summary>Opens the file, or says why not, and begins.</summary>
    public void Start()
    {
        try
        {
            Open();
        }
        catch (Exception e) // whatever the disk has: the agent decides on
        {
            _disk.Failed(e);
        }

        _running = Task.Run(DrainAsync);
        _intake.Poke();
    }

    /// <summary>Returns when events may have arrived since the last call.</summary>
    public async Task WaitAsync(CancellationToken ct) => await _arrivals.Reader.ReadAsync(ct);

    /// <summary>The server took events: there may be room for what was merged, and to tell of what was lost.</summary>
    public void RoomMade(SpoolLoad load)
    {
        if (Interlocked.Read(ref _untold) > 0 || (_planner.Rows > 0 && _planner.MayRelease(load)))
        {
            _intake.Poke();
        }
    }

    /// <summary>Writes what there is and ends.</summary>
    public async Task StopAsync()
    {
        _alive.Dispose();
        _intake.Complete();
        // A disk that refuses every write must not keep the agent from stopping.
        _stopping.CancelAfter(_options.StopPatience);
        await _asked.CancelAsync();
        await _running;
    }

    public void Dispose()
    {
        _asked.Dispose();
        _stopping.Dispose();
    }

    private SpoolFile Open() => _disk.Open(_alive.Last, file => _planner.Restore(file.Merged()));

    private async Task DrainAsync()
    {
        List<FleetEvent> events = [];
        List<TaskCompletionSource> flushed = [];
        bool more;
        do
        {
            events.Clear();
            flushed.Clear();
            more = await _intake.TakeAsync(events, flushed);
            _held = events.Count;
            await CommitAsync(events);
            _held = 0;
            flushed.ForEach(f => f.TrySetResult());
        }
        while (more);
        if (_abandoned > 0)
        {
            _log.SpoolAbandoned(_abandoned, _options.Path);
        }
    }

    private async Task CommitAsync(List<FleetEvent> events)
    {
        while (true)
        {
            try
            {
                Commit(Open(), events);
                return;
            }
            catch (Exception e) // the edge of the writer: whatever a disk or a driver throws, what waits must be written later
            {
                _disk.Failed(e);
                if (_stopping.IsCancellationRequested)
                {
                    _abandoned += events.Count;
                    return;
                }

                await PauseAsync();
            }
        }
    }

    // Until the next try: a stop has it tried at once, and again until its patience is at an end.
    private async Task PauseAsync()
    {
        try
        {
            // By the clock that the patience of a stop is counted by.
            await (_asked.IsCancellationRequested ? Task.Delay(StopRetry, TimeProvider.System, _stopping.Token) : Task.Delay(DiskRetry, _time, _asked.Token));
        }
        catch (OperationCanceledException)
        {
            // It is to stop.
        }
    }

    private void Commit(SpoolFile file, List<FleetEvent> events)
    {
        DateTimeOffset now = _time.GetUtcNow();
        SpoolPlan plan = _planner.Plan(events, file.Load, _losses.Untold(), now);
        // Losses go to disk too while there is no room to tell of them: a kill must not take their number along.
        if (plan.IsEmpty && _disk.Trouble is null && plan.Untold.Values.Sum(loss => loss.Count + 1) == _untold)
        {
            return;
        }

        IReadOnlyList<FleetEvent> stored = file.Append(plan, now);
        _planner.Done(plan);
        Interlocked.Exchange(ref _untold, plan.Untold.Values.Sum(loss => loss.Count + 1));
        _losses.Told(plan.Told, now);
        Interlocked.Add(ref _merged, plan.MergedEvents);
        _disk.Works();
        if (plan.Lost.Count > 0)
        {
            _losses.Add(LossReasons.SpoolFull, plan.Lost);
        }

        if (plan.Released.Count > 0 && _planner.Rows > 0)
        {
            _intake.Poke();
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
}
