using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Sensors;

/// <summary>
/// The sensors of one agent: started and tried one after another, ended in the other order; what they lose is told. One that a busy
/// host made late is tried again in the background until it works.
/// </summary>
/// <param name="seen">Takes what sensors see.</param>
/// <param name="changed">Called when a sensor that did not work does.</param>
/// <param name="events">Takes what there is to tell.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The agent's log.</param>
internal sealed class HostSensors(Action<BypassAccess> seen, Action changed, IEventSink events, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan TellLost = TimeSpan.FromMinutes(1);

    // The agent's start waits for the first trial, nobody for the later ones.
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LaterPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstAgain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestAgain = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Lock _trying = new();
    private readonly List<Entry> _entries = [];
    private readonly CancellationTokenSource _ending = new();
    private ITimer? _timer;
    private Task _again = Task.CompletedTask;

    /// <summary>What each says of itself, in the order of their start.</summary>
    public IReadOnlyList<SensorReport> Reports
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Select(entry => entry.Sensor.Report(entry.AtStart))];
            }
        }
    }

    /// <summary>What each lost so far; those that lost none are left out.</summary>
    public IReadOnlyDictionary<string, long> Lost
    {
        get
        {
            lock (_gate)
            {
                return _entries.Where(entry => entry.Sensor.Lost > 0).ToDictionary(entry => entry.Sensor.Name, entry => entry.Sensor.Lost);
            }
        }
    }

    /// <summary>Starts sensors; one that fails in a way it did not foresee does not work, and the agent goes on.</summary>
    public void Start(IEnumerable<ISensor> sensors)
    {
        _timer ??= time.CreateTimer(_ => Count(), null, TellLost, TellLost);
        foreach (ISensor sensor in sensors)
        {
            SensorReport report = Begin(sensor, FirstPatience);
            if (!report.Works)
            {
                log.SensorDoesNotWork(report.Name, report.Why);
            }

            lock (_gate)
            {
                _entries.Add(new Entry(sensor, report));
            }
        }

        if (_again.IsCompleted && Late().Count > 0)
        {
            _again = Task.Run(() => TryAgainAsync(_ending.Token));
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _ending.Cancel();
        lock (_trying)
        {
            List<ISensor> sensors;
            lock (_gate)
            {
                sensors = [.. _entries.Select(entry => entry.Sensor)];
                _entries.Clear();
            }

            sensors.Reverse();
            sensors.ForEach(sensor => sensor.Dispose());
        }
    }

    private SensorReport Begin(ISensor sensor, TimeSpan patience)
    {
        try
        {
            return sensor.Start(seen, patience, _ending.Token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return new SensorReport(sensor.Name, false, $"It failed at its start: {e.Message}", "");
        }
    }

    private List<Entry> Late()
    {
        lock (_gate)
        {
            return [.. _entries.Where(entry => !entry.AtStart.Works && entry.Sensor.WasLate)];
        }
    }

    private async Task TryAgainAsync(CancellationToken ct)
    {
        try
        {
            for (TimeSpan wait = FirstAgain; Late() is { Count: > 0 } late; wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, LongestAgain.Ticks)))
            {
                await Task.Delay(wait, time, ct);
                // On a thread of its own: a trial waits, and the pool has other work.
                await Task.Factory.StartNew(() => late.ForEach(TryAgain), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            // Ending.
        }
    }

    private void TryAgain(Entry entry)
    {
        lock (_trying)
        {
            _ending.Token.ThrowIfCancellationRequested();
            SensorReport report = Begin(entry.Sensor, LaterPatience);
            lock (_gate)
            {
                entry.AtStart = report;
            }
        }

        if (entry.AtStart.Works)
        {
            log.SensorWorksNow(entry.Sensor.Name);
            changed();
        }
    }

    private void Count()
    {
        List<FleetEvent> told = [];
        lock (_gate)
        {
            foreach (Entry entry in _entries)
            {
                (ISensor sensor, long before) = (entry.Sensor, entry.Told);
                long lost = sensor.Lost;
                if (lost > before)
                {
                    told.Add(new FleetEvent
                    {
                        Time = time.GetUtcNow(),
                        Kind = EventKinds.AgentLoss,
                        Sensor = sensor.Name,
                        Count = lost - before,
                        Detail = $"The sensor '{sensor.Name}' could not keep up: {lost - before} things that it should have seen went unseen.",
                    });
                    entry.Told = lost;
                }
            }
        }

        told.ForEach(events.Publish);
    }

    private sealed class Entry(ISensor sensor, SensorReport atStart)
    {
        public ISensor Sensor { get; } = sensor;

        public SensorReport AtStart { get; set; } = atStart;

        /// <summary>Losses that were told.</summary>
        public long Told { get; set; }
    }
}
