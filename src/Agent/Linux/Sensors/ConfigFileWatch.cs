using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// What the sensors on fanotify have in common: a group over the config files of all functions, now and as they come, a thread that
/// takes its events, and the trial of both.
/// </summary>
internal sealed class ConfigFileWatch : IDisposable
{
    private readonly string _pciRoot;
    private readonly NotifyGroup _group;
    private readonly Action<NotifyGroup, NotifyEvent> _take;
    private readonly ManualResetEventSlim _tried = new();
    private readonly DescriptorLoop _loop;
    private readonly IDisposable _listening;

    private ConfigFileWatch(string name, NotifyGroup group, string pciRoot, ChangeFeed changes, Action<NotifyGroup, NotifyEvent> take)
    {
        _pciRoot = pciRoot;
        _group = group;
        _take = take;

        // The thread before the first mark: from there on the kernel may ask, and the agent's own opens wait for the answer too.
        _loop = DescriptorLoop.Start(name, group.File, () => _group.Receive(Take));
        // Before the list of functions is gone through: what comes meanwhile is watched as well.
        _listening = changes.Listen(Follow);
    }

    /// <summary>Functions that cannot be watched.</summary>
    public int Failed { get; private set; }

    /// <summary>Starts it, without trying it.</summary>
    /// <param name="name">Name of its thread.</param>
    /// <param name="kind">FAN_CLASS_NOTIF to be told, FAN_CLASS_CONTENT to be asked.</param>
    /// <param name="mask">What to be told or asked of.</param>
    /// <param name="trial">The access to try it with.</param>
    /// <param name="functions">The functions to watch.</param>
    /// <param name="changes">Where functions that come are told.</param>
    /// <param name="take">Takes each event, on the watch's own thread.</param>
    /// <param name="why">Why there is none.</param>
    public static ConfigFileWatch? TryStart(
        string name, uint kind, ulong mask, TrialAccess trial, IReadOnlyList<PciAddress> functions, ChangeFeed changes,
        Action<NotifyGroup, NotifyEvent> take, out string why)
    {
        if (trial.Function is null)
        {
            why = "There is no PCI function to try it on.";
            return null;
        }

        if (NotifyGroup.TryOpen(kind, mask, out int error) is not { } group)
        {
            why = $"The kernel gives no such notification group{(kind is Native.ContentClass ? " (CONFIG_FANOTIFY_ACCESS_PERMISSIONS)" : "")}: {Posix.Describe(error)}.";
            return null;
        }

        ConfigFileWatch watch = new(name, group, trial.PciRoot, changes, take);
        watch.Failed = functions.Count(address => group.Add(trial.PciRoot, address) is not 0);
        why = "";
        return watch;
    }

    /// <summary>Makes an access that it should be told of; false when it was told of none in time.</summary>
    public bool Try(TrialAccess trial, TimeSpan patience, CancellationToken ct) => trial.Read() && _tried.Wait(patience, ct);

    /// <summary>Ends it. Whoever waits for an answer is let through by the kernel.</summary>
    public void Dispose()
    {
        _listening.Dispose();
        _loop.Dispose();
        _group.Dispose();
    }

    private void Take(NotifyEvent item)
    {
        _take(_group, item);
        if (item.IsOwn)
        {
            _tried.Set();
        }
    }

    private void Follow(HardwareChange change)
    {
        if (change is { Kind: HardwareChangeKind.Added, Address: { } address })
        {
            _ = _group.Add(_pciRoot, address);
        }
    }
}
