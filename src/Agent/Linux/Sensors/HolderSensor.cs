using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>Lists, at start and every so often, who has raw config files, base address windows, VFIO devices or physical memory open.</summary>
internal sealed class HolderSensor(TrialAccess trial, HolderScan scan, TimeProvider time) : ISensor
{
    public const string SensorName = "holders";

    // Every process and every file it has open: slowly, as what it looks for stands for hours.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private ITimer? _timer;
    private int _running;
    private volatile IReadOnlyList<Holder> _holders = [];

    public string Name => SensorName;

    /// <summary>The holders at the last look.</summary>
    public IReadOnlyList<Holder> Holders => _holders;

    public SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct)
    {
        if (trial.Function is not { } address)
        {
            return new SensorReport(Name, false, "There is no PCI function to try it on.", "");
        }

        if (!Posix.TryOpen($"{trial.PciRoot}/devices/{address}/config", Native.OpenReadOnly, out SafeFileHandle file, out int error))
        {
            return new SensorReport(Name, false, $"No config file can be opened to try it: {Posix.Describe(error)}.", "");
        }

        using (file)
        {
            IReadOnlyList<Holder> found = scan.Run(withOwn: true);
            _holders = [.. found.Where(holder => holder.Caller.Pid != Environment.ProcessId)];
            if (!found.Any(holder => holder.Caller.Pid == Environment.ProcessId && holder.Function == address))
            {
                return new SensorReport(Name, false, "A config file was opened to try it, and the look at /proc did not find it.", "");
            }
        }

        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
        return new SensorReport(
            Name, true, "It looks every 5 minutes, and sees who could, not who does.", "Processes that have a raw config file, a window, a VFIO device or memory open.");
    }

    /// <summary>Looks now.</summary>
    public IReadOnlyList<Holder> Look()
    {
        // One look at a time; who comes meanwhile takes the last.
        if (Interlocked.Exchange(ref _running, 1) is 0)
        {
            try
            {
                _holders = scan.Run();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _holders = []; // No /proc now: nothing is known of holders.
            }
            finally
            {
                Volatile.Write(ref _running, 0);
            }
        }

        return _holders;
    }

    public void Dispose() => _timer?.Dispose();
}
