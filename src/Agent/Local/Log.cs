namespace Fleet.Agent.Local;

internal static partial class Log
{
    [LoggerMessage(1610, LogLevel.Error, "The local API failed at {Path}")]
    public static partial void LocalRequestFailed(this ILogger logger, string path, Exception exception);
}
