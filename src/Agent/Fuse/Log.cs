using Fleet.Agent.Fuse.Protocol;

namespace Fleet.Agent.Fuse;

internal static partial class Log
{
    [LoggerMessage(1800, LogLevel.Information, "Mirror of {PciRoot} is served at {Mountpoint}")]
    public static partial void MirrorMounted(this ILogger logger, string mountpoint, string pciRoot);

    [LoggerMessage(1801, LogLevel.Error, "A request ({Operation} of node {NodeId}) failed inside the mirror; its caller got EIO")]
    public static partial void RequestFailed(this ILogger logger, Exception error, Operation operation, ulong nodeId);

    [LoggerMessage(1802, LogLevel.Error, "The kernel refused the mirror's reply to {Operation}: {Reason}; its caller got EIO")]
    public static partial void ReplyRefused(this ILogger logger, Operation operation, string reason);

    [LoggerMessage(1803, LogLevel.Warning, "A worker of the mirror shares its device handle, since it cannot be cloned: {Reason}")]
    public static partial void CloneRefused(this ILogger logger, string reason);

    [LoggerMessage(1804, LogLevel.Warning, "The mirror at {Mountpoint} cannot be unmounted: {Reason}")]
    public static partial void UnmountFailed(this ILogger logger, string mountpoint, string reason);

    [LoggerMessage(1805, LogLevel.Warning,
        "The workers of the mirror at {Mountpoint} did not end within {Limit}; a config access is still in the kernel")]
    public static partial void WorkersStuck(this ILogger logger, string mountpoint, TimeSpan limit);

    [LoggerMessage(1806, LogLevel.Information,
        "All {Count} workers of the mirror are at the same accesses for {Interval}: a function is slow or does not answer; another worker comes")]
    public static partial void WorkersBusy(this ILogger logger, int count, TimeSpan interval);

    [LoggerMessage(1807, LogLevel.Information, "The mirror at {Mountpoint} is taken over from an agent that died, with {Count} requests that wait")]
    public static partial void MirrorTakenOver(this ILogger logger, string mountpoint, int count);
}
