namespace Fleet.Server.Data.Telling;

internal static partial class Log
{
    [LoggerMessage(3011, LogLevel.Error, "What the server has to tell could not be stored among the events; it waits in the outbox, and is tried again each second")]
    public static partial void TellingFailed(this ILogger logger, Exception error);
}
