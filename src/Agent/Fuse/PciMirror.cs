using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Linux;
using Fleet.Broker;

namespace Fleet.Agent.Fuse;

/// <summary>
/// A mounted mirror of /sys/bus/pci: tools use it by `lspci -O sysfs.path=MOUNTPOINT`. Attributes pass through
/// read-only, each function's config goes to the broker. It serves until it is disposed.
/// </summary>
internal sealed class PciMirror : IDisposable
{
    // A plain unmount ends the workers at once; only open files or copied mounts make it take longer.
    private static readonly TimeSpan PlainLimit = TimeSpan.FromMilliseconds(500);

    private readonly MirrorOptions _options;
    private readonly FuseSession _session;
    private readonly HandleTable _handles;
    private readonly ILogger _log;
    private int _disposed;

    private PciMirror(MirrorOptions options, FuseConnection connection, uint number, FuseSession session, HandleTable handles, ILogger log)
    {
        _options = options;
        Connection = connection;
        Number = number;
        _session = session;
        _handles = handles;
        _log = log;
    }

    /// <summary>What a guardian keeps of it.</summary>
    public FuseConnection Connection { get; }

    /// <summary>The connection's number: the minor device number of its mounts.</summary>
    public uint Number { get; }

    public string Mountpoint => _options.Mountpoint;

    /// <summary>Mounts and serves.</summary>
    /// <exception cref="MirrorException">It cannot be mounted.</exception>
    public static PciMirror Mount(MirrorOptions options, HostBroker broker, IEventSink events, TimeProvider time, ILogger log)
    {
        Check(options);
        FuseDevice device = FuseDevice.TryOpen(out int error)
            ?? throw new MirrorException(
                $"The FUSE device cannot be opened: {Posix.Describe(error)}. Load the module fuse and run as root, or run without a mirror.");
        error = device.Mount(options.Type, options.Mountpoint);
        if (error is not 0)
        {
            device.Dispose();
            throw new MirrorException(
                $"The mirror cannot be mounted at '{options.Mountpoint}': {Posix.Describe(error)}."
                + " It needs CAP_SYS_ADMIN; run as root, or without a mirror.");
        }

        uint number = MountTable.Of(options.Type, options.Mountpoint) is [.., MountEntry entry] ? entry.DeviceMinor : 0;
        FuseConnection connection = FuseConnection.Create(device, out string? refused);
        if (refused is not null)
        {
            log.CloneRefused(refused);
        }

        PciMirror mirror = Serve(options, connection, number, broker, events, time, log);
        log.MirrorMounted(options.Mountpoint, options.PciRoot);
        return mirror;
    }

    /// <summary>Goes on serving a mirror whose agent died; what it left unanswered is answered first.</summary>
    public static PciMirror TakeOver(
        MirrorOptions options, FuseConnection connection, uint number, HostBroker broker, IEventSink events, TimeProvider time, ILogger log)
    {
        PciMirror mirror = Serve(options, connection, number, broker, events, time, log);
        log.MirrorTakenOver(options.Mountpoint, connection.Left.Count);
        return mirror;
    }

    private static PciMirror Serve(
        MirrorOptions options, FuseConnection connection, uint number, HostBroker broker, IEventSink events, TimeProvider time, ILogger log)
    {
        MirrorTree tree = new(options.PciRoot, broker);
        NodeTable nodes = new(connection.TakenOver ? new FormerNodes(tree) : null);
        HandleTable handles = new(connection.Slots.Generation);
        NodeOperations names = new(tree, nodes);
        DirectoryOperations directories = new(tree, nodes, handles, names);
        FileOperations files = new(
            tree, nodes, handles, broker, new PageDropper(connection.Devices[0]).Drop, new UnknownWrites(events, time), options.Hashes);
        FuseSession session = FuseSession.Start(connection, new FuseDispatcher(names, directories, files), time, log);
        return new PciMirror(options, connection, number, session, handles, log);
    }

    /// <summary>Unmounts and joins the workers, within the options' limit even if callers hold files open.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) is not 0)
        {
            return;
        }

        int error = FuseDevice.Unmount(_options.Mountpoint);
        if (error is not 0)
        {
            _log.UnmountFailed(_options.Mountpoint, Posix.Describe(error));
        }

        bool ended = _session.Join(PlainLimit);
        if (!ended && Number is not 0 && FuseDevice.TryAbort(Number))
        {
            ended = _session.Join(_options.StopLimit);
        }

        _session.Dispose();
        _handles.Dispose();
        if (ended)
        {
            Connection.Dispose();
        }
        else
        {
            // Closing a handle under a reading thread would not wake it; the kernel ends both with the process.
            _log.WorkersStuck(_options.Mountpoint, _options.StopLimit);
        }
    }

    private static void Check(MirrorOptions options)
    {
        string mountpoint = Path.GetFullPath(options.Mountpoint);
        if (!Directory.Exists(mountpoint))
        {
            throw new MirrorException($"The mountpoint '{mountpoint}' is not a directory. Make it first.");
        }

        // The broker would wait for its own answer for ever.
        if (Path.GetFullPath(options.PciRoot).StartsWith(mountpoint + "/", StringComparison.Ordinal))
        {
            throw new MirrorException(
                $"The tree '{options.PciRoot}' lies below the mountpoint '{mountpoint}': a mirror cannot show itself.");
        }
    }
}
