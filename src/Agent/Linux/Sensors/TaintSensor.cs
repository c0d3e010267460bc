using System.Globalization;
using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Watches the kernel's taint for bit 6 (TAINT_USER): every write into a range that a driver claimed sets it, also those of which the
/// log says nothing any more. It is set once a boot, and by hand as well.
/// </summary>
internal sealed class TaintSensor(SensorContext context, TimeProvider time, Func<string?>? read = null) : ISensor
{
    public const string SensorName = "taint";

    private const long User = 1 << 6;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Func<string?> _read = read ?? (() => SmallFile.TryRead("/proc/sys/kernel/tainted"));
    private ITimer? _timer;
    private long? _before;

    public string Name => SensorName;

    public SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct)
    {
        _before = Read();
        if (_before is not { } bits)
        {
            return new SensorReport(Name, false, "The kernel's taint cannot be read.", "");
        }

        if ((bits & User) is not 0)
        {
            return new SensorReport(Name, false, "The kernel is tainted by a user's act (bit 6) already: until the next boot it cannot be set again.", "");
        }

        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
        return new SensorReport(Name, true, "It tells once a boot, and neither who nor where.", "That somebody wrote into a range that a driver claimed.");
    }

    public void Dispose() => _timer?.Dispose();

    private long? Read() => long.TryParse(_read(), NumberStyles.None, CultureInfo.InvariantCulture, out long bits) ? bits : null;

    private void Look()
    {
        long? now = Read();
        if (_before is { } before && now is { } bits && (before & User) is 0 && (bits & User) is not 0)
        {
            context.Tell(new FleetEvent
            {
                Time = time.GetUtcNow(),
                Kind = EventKinds.HostState,
                Sensor = Name,
                Detail = "The kernel was tainted by a user's act (bit 6): somebody wrote into a configuration range that a driver claimed, or set the taint by hand. The kernel's log may name who.",
            });
        }

        _before = now ?? _before;
    }
}
