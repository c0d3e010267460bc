namespace Fleet.Server.Live;

internal static partial class Log
{
    [LoggerMessage(3020, LogLevel.Error, "Looking at the hosts' states failed; the next look tries again")]
    public static partial void LookFailed(this ILogger logger, Exception error);
}
