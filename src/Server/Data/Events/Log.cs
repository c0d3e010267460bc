using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Events go into the file of {Day}")]
    public static partial void DayBegan(this ILogger logger, DateOnly day);

    [LoggerMessage(3001, LogLevel.Error, "{Batches} batches of events could not be stored and were not acknowledged; agents keep them and try again until they can")]
    public static partial void StoringFailed(this ILogger logger, Exception error, int batches);

    [LoggerMessage(3010, LogLevel.Error, "Events of {Name} ({Host}), epoch {Epoch}, could not be stored and were not acknowledged, while those of others could: something in them is not what the database takes. The agent keeps them and tries again")]
    public static partial void BatchRefused(this ILogger logger, Exception error, string name, HostId host, long epoch);

    [LoggerMessage(3019, LogLevel.Information, "Events can be stored again")]
    public static partial void StoringAgain(this ILogger logger);

    [LoggerMessage(3002, LogLevel.Information, "Events of {Day} deleted: {Why}")]
    public static partial void DayDeleted(this ILogger logger, DateOnly day, string why);

    [LoggerMessage(3003, LogLevel.Warning, "Events of {Day} are due to be deleted but could not be")]
    public static partial void DayNotDeleted(this ILogger logger, Exception error, DateOnly day);

    [LoggerMessage(3004, LogLevel.Information, "Events of {Day} are of an older format and are being converted; this happens once and takes some 10 s a million")]
    public static partial void DayConverting(this ILogger logger, DateOnly day);

    [LoggerMessage(3005, LogLevel.Information, "Events of {Day} converted: {Events}")]
    public static partial void DayConverted(this ILogger logger, DateOnly day, long events);

    [LoggerMessage(3006, LogLevel.Error, "The file of events of {Day} is damaged and was set aside as {Name}: its events are not shown. Restore it from a backup, or delete it")]
    public static partial void DaySetAside(this ILogger logger, Exception error, DateOnly day, string name);

    [LoggerMessage(3012, LogLevel.Error, "The file of sums of {Day} is damaged and was set aside as {Name}: contention of that day is not shown. Restore it from a backup, or delete it")]
    public static partial void SumsSetAside(this ILogger logger, Exception error, DateOnly day, string name);

    [LoggerMessage(3013, LogLevel.Warning, "Sums of {Day} could not be kept, for the disk took nothing; its events, which are due, are deleted without")]
    public static partial void SumsNotKept(this ILogger logger, Exception error, DateOnly day);

    [LoggerMessage(3007, LogLevel.Warning, "{Count} days of events, the last of them {Day}, are older than {Days} days by the clock, but the events after them do not show that so many days passed: they are kept. If the clock is right they go when those days have passed; to free space now use --retention-size")]
    public static partial void DaysHeldBack(this ILogger logger, int count, DateOnly day, int days);

    [LoggerMessage(3008, LogLevel.Error, "Days that are due could not be deleted; the next sweep tries again")]
    public static partial void SweepFailed(this ILogger logger, Exception error);

    [LoggerMessage(3009, LogLevel.Information, "Sums of {Day} deleted: older than {Days} days")]
    public static partial void SumsDeleted(this ILogger logger, DateOnly day, int days);
}
