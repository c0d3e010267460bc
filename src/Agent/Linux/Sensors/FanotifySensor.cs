using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Sees reads and writes of raw config files, without their offset: for kernels without probes. Where probes work it proves itself
/// and then stands by, since it would tell the same again and less of it.
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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualResetEventSlim _tried = new();
    private NotifyGroup? _group;
    private DescriptorLoop? _loop;
    private IDisposable? _listening;
    private Action<BypassAccess>? _seen;
    private long _lost;

    public string Name => "fanotify";

    public long Lost => Volatile.Read(ref _lost);

    public SensorReport Start(Action<BypassAccess> seen)
    {
        _seen = seen;
        if (trial.Function is null)
        {
            return No("There is no PCI function to try it on.");
        }

        _group = NotifyGroup.TryOpen(Native.NotifyClass, Opened | Accessed | Modified, out int error);
        if (_group is null)
        {
            return No($"The kernel gives no notification group: {Posix.Describe(error)}.");
        }

        // Before the list is gone through: what comes meanwhile is watched as well.
        _listening = changes.Listen(Follow);
        int failed = functions.Count(address => _group.Add(trial.PciRoot, address) is not 0);
        _loop = DescriptorLoop.Start("fanotify", _group.File, Receive);
        if (!trial.Read() || !_tried.Wait(Patience))
        {
            return No("A read of a configuration file was made to try it, and no event came.");
        }

        if (standBy())
        {
            Stop();
            return new SensorReport(Name, true, "It stands by: the kernel probes see the same, with offsets.", "Nothing besides the kernel probes.");
        }

        return new SensorReport(
            Name, true,
            $"It sees no offsets, nothing of /proc/bus/pci, and no sysfs of another network namespace.{(failed is 0 ? "" : $" {failed} functions cannot be watched.")}",
            "Reads and writes of config files in sysfs, by which process.");
    }

    public void Dispose()
    {
        Stop();
        callers.Dispose();
    }

    private SensorReport No(string why)
    {
        Stop();
        return new SensorReport(Name, false, why, "");
    }

    private void Stop()
    {
        _listening?.Dispose();
        _listening = null;
        _loop?.Dispose();
        _loop = null;
        _group?.Dispose();
        _group = null;
    }

    private void Follow(HardwareChange change)
    {
        if (change is { Kind: HardwareChangeKind.Added, Address: { } address })
        {
            _ = _group?.Add(trial.PciRoot, address);
        }
    }

    private bool Receive() => _group!.Receive(Take);

    private void Take(ulong mask, int process, PciAddress? function, SafeFileHandle? file)
    {
        if (mask is NotifyGroup.Overflow)
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        if (process == Environment.ProcessId)
        {
            _tried.Set();
            return;
        }

        // At the open already: many a tool has ended when its access is told.
        Caller? caller = callers.Find(process);
        if (function is not { } address)
        {
            return;
        }

        foreach ((ulong bit, AccessOperation operation) in ((ulong, AccessOperation)[])[(Accessed, AccessOperation.Read), (Modified, AccessOperation.Write)])
        {
            if ((mask & bit) is not 0)
            {
                _seen!(new BypassAccess(time.GetUtcNow(), Name, address, operation, null, null, caller));
            }
        }
    }
}
