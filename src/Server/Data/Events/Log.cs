namespace Fleet.Server.Data.Events;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Events go into the file of {Day}")]
    public static partial void DayBegan(this ILogger logger, DateOnly day);

    [LoggerMessage(3001, LogLevel.Error, "{Batches} batches of events could not be stored and were not acknowledged; agents keep them and try again until they can")]
    public static partial void StoringFailed(this ILogger logger, Exception error, int batches);

    [LoggerMessage(3019, LogLevel.Information, "Events can be stored again")]
    public static partial void StoringAgain(this ILogger logger);

    [LoggerMessage(3002, LogLevel.Information, "Events of {Day} deleted: older than {Days} days")]
    public static partial void DayDeleted(this ILogger logger, DateOnly day, int days);

    [LoggerMessage(3003, LogLevel.Warning, "Events of {Day} are due to be deleted but could not be")]
    public static partial void DayNotDeleted(this ILogger logger, Exception error, DateOnly day);

    [LoggerMessage(3004, LogLevel.Information, "Events of {Day} are of an older format and are being converted; this happens once and takes some 10 s a million")]
    public static partial void DayConverting(this ILogger logger, DateOnly day);

    [LoggerMessage(3005, LogLevel.Information, "Events of {Day} converted: {Events}")]
    public static partial void DayConverted(this ILogger logger, DateOnly day, long events);

    [LoggerMessage(3006, LogLevel.Error, "The file of events of {Day} is damaged and was set aside as {Name}: its events are not shown. Restore it from a backup, or delete it")]
    public static partial void DaySetAside(this ILogger logger, Exception error, DateOnly day, string name);
}
