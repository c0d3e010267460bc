using Fleet.Agent.Fuse;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Guardian;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Intercepts;

/// <summary>
/// The ways by which tools reach the broker of one host: the mirror, its binds over the kernel's files, and the guardian that knows what
/// to do when the agent dies. Made once the broker knows its functions; ends before the broker does.
/// </summary>
internal sealed class InterceptSet : IDisposable
{
    private static readonly TimeSpan GuardianInterval = TimeSpan.FromSeconds(1);

    private readonly AgentOptions _options;
    private readonly IHardware _hardware;
    private readonly HostBroker _broker;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly List<string> _reduced = [];
    private readonly ITimer _watch;
    private DetachedMount? _view;
    private PciMirror? _mirror;
    private ConfigBinds? _binds;
    private GuardianLink? _guardian;
    private AgentLossAction _onDeath;
    private bool _disposed;

    private InterceptSet(AgentOptions options, IHardware hardware, HostBroker broker, TimeProvider time, ILogger log)
    {
        _options = options;
        _hardware = hardware;
        _broker = broker;
        _log = log;
        _onDeath = DefaultOnDeath;
        _watch = time.CreateTimer(_ => LookAfterGuardian(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Where the mirror is; null when it is not served.</summary>
    public string? MirrorPath => _mirror?.Mountpoint;

    public InterceptLevel Level => _mirror is null ? InterceptLevel.None : _binds is null ? InterceptLevel.Mirror : InterceptLevel.Bind;

    /// <summary>What does not work and why.</summary>
    public IReadOnlyList<string> Reduced
    {
        get
        {
            lock (_reduced)
            {
                return [.. _reduced];
            }
        }
    }

    private AgentLossAction DefaultOnDeath =>
        _options.OnAgentDeath ?? (_options.Intercept is InterceptLevel.Bind ? AgentLossAction.Wait : AgentLossAction.Closed);

    /// <summary>Starts what the options ask for; what cannot be had is said in <see cref="Reduced"/>.</summary>
    public static InterceptSet Start(
        AgentOptions options, IHardware hardware, HostBroker broker, ExecutableHashes hashes, IEventSink events, TimeProvider time, ILogger log)
    {
        InterceptSet set = new(options, hardware, broker, time, log);
        string mountpoint = Path.Combine(Path.GetFullPath(options.RunDirectory), "pci");
        try
        {
            (Keeping Keeping, FuseConnection Connection)? left = set.FindGuardian(mountpoint);
            if (options.Intercept is not InterceptLevel.None)
            {
                set.Serve(new MirrorOptions(mountpoint, options.MirrorType, set.ViewOfTree()) { Hashes = hashes }, left, events, time);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An agent without a way in still reports the inventory and says what it cannot do.
            set.Reduce($"There is no mirror: {e.Message}");
            log.NoMirror(e.Message);
        }

        return set;
    }

    /// <summary>Brings the binds in line with the functions that are there.</summary>
    public void Sync() => _binds?.Sync([.. _broker.Functions.Select(function => function.Address)]);

    /// <summary>Binds a function that has appeared, before anything else is done about it.</summary>
    public void Cover(PciAddress function) => _binds?.Cover(function);

    /// <summary>The strictest of what policies say about the agent's death; null for the host's own choice.</summary>
    public void OnDeath(AgentLossAction? action)
    {
        lock (_gate)
        {
            if (_mirror is not null && !_disposed && (action ?? DefaultOnDeath) is var wanted && wanted != _onDeath)
            {
                _onDeath = wanted;
                Guard();
            }
        }
    }

    /// <summary>Takes everything off, binds first, and the guardian along.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _watch.Dispose();
        _binds?.Lift();
        _mirror?.Dispose();
        EndGuardian();
        _view?.Dispose();
    }

    // A mirror that an agent before this one left with its guardian is taken over, unless it is not there any more.
    private (Keeping, FuseConnection)? FindGuardian(string mountpoint)
    {
        _guardian = GuardianLink.TryConnect(_options.RunDirectory, out (Keeping Keeping, FuseConnection Connection)? left);
        bool usable = left is { } kept && _options.Intercept is not InterceptLevel.None
            && MountTable.Of(kept.Keeping.Number, mountpoint).Any(entry => entry.Mountpoint == mountpoint);
        if (!usable)
        {
            if (left is { } unusable)
            {
                unusable.Connection.Dispose();
                EndGuardian();
            }

            left = null;
        }

        // Not before: a mirror that waits for this very agent would not answer whether it is dead.
        bool bindsToo = _options.Intercept is not InterceptLevel.Bind;
        foreach (string dead in left is null ? MountTable.RemoveDead(_options.MirrorType, mountpoint, bindsToo) : [])
        {
            _log.DeadMountRemoved(dead);
        }

        return left;
    }

    private void Serve(MirrorOptions options, (Keeping Keeping, FuseConnection Connection)? left, IEventSink events, TimeProvider time)
    {
        if (left is { } kept)
        {
            _mirror = PciMirror.TakeOver(options, kept.Connection, kept.Keeping.Number, _broker, events, time, _log);
        }
        else
        {
            Directory.CreateDirectory(options.Mountpoint);
            _mirror = PciMirror.Mount(options, _broker, events, time, _log);
        }

        Guard();
        _watch.Change(GuardianInterval, GuardianInterval);
        ConfigBinds binds = new(_hardware, _mirror, _options.MirrorType, _log);
        if (_options.Intercept is not InterceptLevel.Bind)
        {
            binds.Sync([]); // those of an agent that was told otherwise
            return;
        }

        PciAddress[] functions = [.. _broker.Functions.Select(function => function.Address)];
        HashSet<string> files = [.. functions.SelectMany(_hardware.ConfigPaths)];
        foreach (string holder in RawHolders.Find(files, _options.MirrorType))
        {
            _log.OpenedBefore(holder);
            Reduce($"Accesses go around the broker: {holder} since before the binds were laid. Restart it.");
        }

        _log.Bound(binds.Sync(functions));
        _binds = binds;
        foreach (string dead in MountTable.RemoveDead(_options.MirrorType, options.Mountpoint))
        {
            _log.DeadMountRemoved(dead);
        }
    }

    // What lies over the tree's own files must not be met by the mirror that shows them: it would wait for itself.
    private string ViewOfTree()
    {
        string root = _hardware.PciRoot;
        if (_options.Intercept is not InterceptLevel.Bind || DetachedMount.IsDetached(root))
        {
            return root;
        }

        _view = DetachedMount.TryClone(root, out int error)
            ?? throw new MirrorException($"No view of '{root}' without the binds over it can be had: {Posix.Describe(error)}. Use --intercept mirror.");
        return _view.Root;
    }

    private void Guard()
    {
        try
        {
            if (_onDeath is AgentLossAction.Closed && _guardian is null)
            {
                return; // the kernel sees to it
            }

            if (_guardian is null)
            {
                GuardianLaunch.Start(_options.RunDirectory);
                _guardian = GuardianLink.TryConnect(_options.RunDirectory, out _)
                    ?? throw new GuardianException("The guardian that was started does not listen.");
            }

            _guardian.Keep(new Keeping(_onDeath, _options.WaitLimit, _mirror!.Mountpoint, _mirror.Number), _mirror.Connection);
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            _guardian?.Dispose();
            _guardian = null;
            Reduce($"There is no guardian, so that accesses fail when the agent dies: {e.Message}");
            _log.NoGuardian(e.Message);
        }
    }

    private void Reduce(string what)
    {
        lock (_reduced)
        {
            _reduced.Add(what);
        }
    }

    private void LookAfterGuardian()
    {
        lock (_gate)
        {
            if (!_disposed && _mirror is not null && _guardian is { IsBroken: true })
            {
                _log.GuardianGone(_mirror.Mountpoint);
                _guardian.Dispose();
                _guardian = null;
                Guard();
            }
        }
    }

    private void EndGuardian()
    {
        try
        {
            _guardian?.End();
        }
        catch (IOException e)
        {
            _log.NoGuardian(e.Message); // It ended by itself: its handles are closed all the same.
        }

        _guardian?.Dispose();
        _guardian = null;
    }
}
