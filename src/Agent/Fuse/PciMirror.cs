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
    private readonly FuseDevice _device;
    private readonly FuseSession _session;
    private readonly HandleTable _handles;
    private readonly uint? _connection;
    private readonly ILogger _log;
    private int _disposed;

    private PciMirror(MirrorOptions options, FuseDevice device, FuseSession session, HandleTable handles, uint? connection, ILogger log)
    {
        _options = options;
        _device = device;
        _session = session;
        _handles = handles;
        _connection = connection;
        _log = log;
    }

    /// <summary>Mounts and serves.</summary>
    /// <exception cref="MirrorException">It cannot be mounted.</exception>
    public static PciMirror Mount(MirrorOptions options, HostBroker broker, ILogger log)
    {
        Check(options);
        FuseDevice device = FuseDevice.TryOpen(out int error)
            ?? throw new MirrorException(
                $"The FUSE device cannot be opened: {Posix.Describe(error)}. Load the module fuse and run as root, or run without a mirror.");
        error = device.Mount(options.Source, options.Mountpoint);
        if (error is not 0)
        {
            device.Dispose();
            throw new MirrorException(
                $"The mirror cannot be mounted at '{options.Mountpoint}': {Posix.Describe(error)}."
                + " It needs CAP_SYS_ADMIN; run as root, or without a mirror.");
        }

        uint? connection = MountTable.List(options.Source, options.Mountpoint) is [.., MountEntry entry] ? entry.DeviceMinor : null;
        MirrorTree tree = new(options.PciRoot, broker);
        NodeTable nodes = new();
        HandleTable handles = new();
        NodeOperations names = new(tree, nodes);
        DirectoryOperations directories = new(tree, nodes, handles, names);
        FileOperations files = new(tree, nodes, handles, broker, new PageDropper(device).Drop);
        FuseSession session = FuseSession.Start(device, new FuseDispatcher(names, directories, files), options.Workers, log);
        log.MirrorMounted(options.Mountpoint, options.PciRoot);
        return new PciMirror(options, device, session, handles, connection, log);
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
        if (!ended && _connection is uint connection && FuseDevice.TryAbort(connection))
        {
            ended = _session.Join(_options.StopLimit);
        }

        _handles.Dispose();
        if (ended)
        {
            _session.Dispose();
            _device.Dispose();
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
