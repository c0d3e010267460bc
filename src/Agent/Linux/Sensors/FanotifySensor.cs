using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Sees reads and writes of raw config files, without their offset: for kernels without probes. Where probes work it proves itself
/// and then stands by, since it would tell the same again and less of it. Nobody waits for it: of a tool that has ended before its
/// access is told, all that is known is its process id.
/// </summary>
/// <param name="trial">The access to try it with.</param>
/// <param name="functions">The functions to watch, now and as they come.</param>
/// <param name="changes">Where functions that come are told.</param>
/// <param name="callers">Whose processes events name.</param>
/// <param name="standBy">Whether a better sensor sees it all.</param>
/// <param name="time">The clock.</param>
internal sealed class FanotifySensor(
    TrialAccess trial, IReadOnlyList<PciAddress> functions, ChangeFeed changes, KnownCallers callers, Func<bool> standBy, TimeProvider time) : ISensor
{
    private const ulong Accessed = 1; // FAN_ACCESS
    private const ulong Modified = 2; // FAN_MODIFY
    private const ulong Opened = 0x20; // FAN_OPEN

    private static readonly (ulong Bit, AccessOperation Operation)[] Operations = [(Accessed, AccessOperation.Read), (Modified, AccessOperation.Write)];

    private ConfigFileWatch? _watch;
    private Action<BypassAccess>? _seen;
    private long _lost;

    public string Name => "fanotify";

    public long Lost => Volatile.Read(ref _lost);

    public bool WasLate { get; private set; }

    public SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct)
    {
        _seen = seen;
        WasLate = false;
        _watch = ConfigFileWatch.TryStart(
            Name, Native.NotifyClass, Opened | Accessed | Modified, trial, functions, changes, (_, item) => Take(item), out string why);
        if (_watch is null)
        {
            return new SensorReport(Name, false, why, "");
        }

        if (!_watch.Try(trial, patience, ct))
        {
            Stop();
            WasLate = true;
            return new SensorReport(Name, false, "A configuration file was opened and read to try it, and no event came in time.", "");
        }

        SensorReport report = new(
            Name, true,
            $"It sees no offsets, nothing of /proc/bus/pci, and no sysfs of another network namespace.{(_watch.Failed is 0 ? "" : $" {_watch.Failed} functions cannot be watched.")}",
            "Reads and writes of config files in sysfs, by which process.");
        if (standBy())
        {
            Stop();
        }

        return report;
    }

    // Probes that were late may work by now.
    public SensorReport Report(SensorReport atStart) => atStart.Works && standBy()
        ? new SensorReport(Name, true, "It stands by: the kernel probes see the same, with offsets.", "Nothing besides the kernel probes.")
        : atStart;

    public void Dispose()
    {
        Stop();
        callers.Dispose();
    }

    private void Stop()
    {
        _watch?.Dispose();
        _watch = null;
    }

    private void Take(NotifyEvent item)
    {
        if (item.Mask is NotifyEvent.Overflow)
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        if (item.IsOwn || item.Function is not { } function || standBy())
        {
            return;
        }

        // At the open already: many a tool has ended when its access is told.
        Caller caller = callers.Find(item);
        foreach ((ulong bit, AccessOperation operation) in Operations)
        {
            if ((item.Mask & bit) is not 0)
            {
                _seen!(new BypassAccess(time.GetUtcNow(), Name, function, operation, null, null, caller));
            }
        }
    }
}
