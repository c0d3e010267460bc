using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Denies opens of raw config files around the intercept (FAN_OPEN_PERM): through other mounts of sysfs, from other mount
/// namespaces. The kernel asks and waits, so this thread opens no such file itself. When the agent dies the kernel allows again.
/// </summary>
/// <param name="trial">The access to try it with.</param>
/// <param name="functions">The functions to guard, now and as they come.</param>
/// <param name="changes">Where functions that come are told.</param>
/// <param name="hashes">Where hashes of denied programs come from.</param>
/// <param name="denies">Whether the policies close this function to opens around the broker.</param>
/// <param name="time">The clock.</param>
internal sealed class GuardSensor(
    TrialAccess trial, IReadOnlyList<PciAddress> functions, ChangeFeed changes, ExecutableHashes hashes, Func<PciAddress, bool> denies, TimeProvider time) : ISensor
{
    public const string SensorName = "guard";

    private const ulong OpenAsked = 0x1_0000; // FAN_OPEN_PERM
    private const uint Allow = 1;
    private const uint Deny = 2;

    // Without hashes: an executable may lie on a server that does not answer, and everybody's opens would wait for it.
    private readonly KnownCallers _callers = new(null);
    private ConfigFileWatch? _watch;
    private Action<BypassAccess>? _seen;

    public string Name => SensorName;

    public bool WasLate { get; private set; }

    public SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct)
    {
        _seen = seen;
        WasLate = false;
        _watch = ConfigFileWatch.TryStart(Name, Native.ContentClass, OpenAsked, trial, functions, changes, Take, out string why);
        if (_watch is null)
        {
            return new SensorReport(Name, false, why, "");
        }

        if (!_watch.Try(trial, patience, ct))
        {
            Stop();
            WasLate = true;
            return new SensorReport(Name, false, "A configuration file was opened to try it, and the kernel did not ask in time.", "");
        }

        return new SensorReport(
            Name, true,
            $"Files opened before stay open; /proc/bus/pci and a sysfs of another network namespace are not guarded; if the agent dies, opens are allowed again.{(_watch.Failed is 0 ? "" : $" {_watch.Failed} functions cannot be guarded.")}",
            "Opens of raw config files by others than the agent, which it denies where a claim is enforced.");
    }

    public void Dispose()
    {
        Stop();
        _callers.Dispose();
    }

    private void Stop()
    {
        _watch?.Dispose();
        _watch = null;
    }

    private void Take(NotifyGroup group, NotifyEvent item)
    {
        if (item.File is null || (item.Mask & OpenAsked) is 0)
        {
            return;
        }

        // The guardian needs no exception: it keeps what is open and opens no such file.
        if (item.IsOwn || item.Function is not { } function || !denies(function))
        {
            group.Answer(item.File, Allow);
            return;
        }

        // Before the answer: until then whoever asked waits in its open and is there to be named; after it a tool ends within a moment.
        Caller caller = _callers.Find(item);
        group.Answer(item.File, Deny);
        _seen!(new BypassAccess(time.GetUtcNow(), Name, function, AccessOperation.Write, null, null, CallerReader.WithHash(caller, hashes)) { Denied = true });
    }
}
