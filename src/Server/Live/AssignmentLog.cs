using Fleet.Contracts;

namespace Fleet.Server.Live;

internal static partial class AssignmentLog
{
    [LoggerMessage(3404, LogLevel.Warning, "Host {HostId} could not be told of its new assignment; it asks when it connects again")]
    public static partial void NudgeFailed(this ILogger logger, HostId hostId, Exception error);
}
