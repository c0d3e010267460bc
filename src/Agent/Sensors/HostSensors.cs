using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Sensors;

/// <summary>The sensors of one agent: started and tried one after another, ended in the other order; what they lose is told.</summary>
internal sealed class HostSensors : IDisposable
{
    private static readonly TimeSpan TellLost = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<(ISensor Sensor, long Told)> _sensors = [];
    private readonly Action<BypassAccess> _seen;
    private readonly IEventSink _events;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private volatile SensorReport[] _reports = [];

    public HostSensors(Action<BypassAccess> seen, IEventSink events, TimeProvider time, ILogger log)
    {
        _seen = seen;
        _events = events;
        _time = time;
        _log = log;
        _timer = time.CreateTimer(_ => Count(), null, TellLost, TellLost);
    }

    /// <summary>What each said of itself, in the order of their start.</summary>
    public IReadOnlyList<SensorReport> Reports => _reports;

    /// <summary>What each lost so far; those that lost none are left out.</summary>
    public IReadOnlyDictionary<string, long> Lost
    {
        get
        {
            lock (_gate)
            {
                return _sensors.Where(entry => entry.Sensor.Lost > 0).ToDictionary(entry => entry.Sensor.Name, entry => entry.Sensor.Lost);
            }
        }
    }

    /// <summary>Starts sensors; one that fails in a way it did not foresee does not work, and the agent goes on.</summary>
    public void Start(IEnumerable<ISensor> sensors)
    {
        foreach (ISensor sensor in sensors)
        {
            SensorReport report;
            try
            {
                report = sensor.Start(_seen);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                report = new SensorReport(sensor.Name, false, $"It failed at its start: {e.Message}", "");
            }

            if (!report.Works)
            {
                _log.SensorDoesNotWork(report.Name, report.Why);
            }

            lock (_gate)
            {
                _sensors.Add((sensor, 0));
                _reports = [.. _reports, report];
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        List<ISensor> sensors;
        lock (_gate)
        {
            sensors = [.. _sensors.Select(entry => entry.Sensor)];
            _sensors.Clear();
        }

        sensors.Reverse();
        sensors.ForEach(sensor => sensor.Dispose());
    }

    private void Count()
    {
        List<FleetEvent> told = [];
        lock (_gate)
        {
            for (int i = 0; i < _sensors.Count; i++)
            {
                (ISensor sensor, long before) = _sensors[i];
                long lost = sensor.Lost;
                if (lost > before)
                {
                    told.Add(new FleetEvent
                    {
                        Time = _time.GetUtcNow(),
                        Kind = EventKinds.AgentLoss,
                        Sensor = sensor.Name,
                        Count = lost - before,
                        Detail = $"The sensor '{sensor.Name}' could not keep up: {lost - before} things that it should have seen went unseen.",
                    });
                    _sensors[i] = (sensor, lost);
                }
            }
        }

        told.ForEach(_events.Publish);
    }
}
