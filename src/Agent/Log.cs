using Fleet.Pci;

namespace Fleet.Agent;

internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Warning, "Function {Address} cannot be read now: {Reason}")]
    public static partial void FunctionUnreadable(this ILogger logger, PciAddress address, string reason);

    [LoggerMessage(1601, LogLevel.Warning, "A mirror that a killed agent left at {Mountpoint} was removed")]
    public static partial void DeadMountRemoved(this ILogger logger, string mountpoint);

    [LoggerMessage(1602, LogLevel.Warning, "There is no mirror: {Reason}")]
    public static partial void NoMirror(this ILogger logger, string reason);

    [LoggerMessage(1603, LogLevel.Warning, "The functions could not be looked at: {Reason}")]
    public static partial void RefreshFailed(this ILogger logger, string reason);

    [LoggerMessage(1606, LogLevel.Error, "The data directory {Path} takes nothing now: {Reason} The agent decides all the same, and holds in memory, within bounds, what belongs there")]
    public static partial void DataDirectoryRefuses(this ILogger logger, string path, string reason);

    [LoggerMessage(1607, LogLevel.Warning, "{Path} is not written: {Reason} Scripts do not find this agent by it")]
    public static partial void EndpointsNotWritten(this ILogger logger, string path, string reason);

    [LoggerMessage(1604, LogLevel.Error, "Stopping goes on without waiting for {What}, which did not end within {Seconds} s")]
    public static partial void StopStepLate(this ILogger logger, string what, double seconds);

    [LoggerMessage(1605, LogLevel.Error, "Stopping {What} failed")]
    public static partial void StopStepFailed(this ILogger logger, string what, Exception error);
}
