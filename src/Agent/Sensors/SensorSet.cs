using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Sensors;

/// <summary>The sensors of one agent: started and tried one after another, ended in the other order.</summary>
internal sealed class SensorSet : IDisposable
{
    private readonly IReadOnlyList<ISensor> _sensors;

    private SensorSet(IReadOnlyList<ISensor> sensors, IReadOnlyList<SensorReport> reports)
    {
        _sensors = sensors;
        Reports = reports;
    }

    /// <summary>What each said of itself, in the order of their start.</summary>
    public IReadOnlyList<SensorReport> Reports { get; }

    /// <summary>Starts them; one that fails in a way it did not foresee does not work, and the agent goes on.</summary>
    public static SensorSet Start(IReadOnlyList<ISensor> sensors, Action<BypassAccess> seen, ILogger log)
    {
        List<SensorReport> reports = [];
        foreach (ISensor sensor in sensors)
        {
            SensorReport report;
            try
            {
                report = sensor.Start(seen);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                report = new SensorReport(sensor.Name, false, $"It failed at its start: {e.Message}", "");
            }

            if (!report.Works)
            {
                log.SensorDoesNotWork(report.Name, report.Why);
            }

            reports.Add(report);
        }

        return new SensorSet(sensors, reports);
    }

    public void Dispose()
    {
        foreach (ISensor sensor in _sensors.Reverse())
        {
            sensor.Dispose();
        }
    }
}
