namespace Fleet.Server.Data;

internal static partial class Log
{
    [LoggerMessage(3026, LogLevel.Error, "The database cannot be used: {Reason} Requests are answered with 503 and agents keep their events until it can")]
    public static partial void DatabaseTrouble(this ILogger logger, string reason);

    [LoggerMessage(3027, LogLevel.Information, "The database can be used again, after {Seconds:0} s")]
    public static partial void DatabaseBack(this ILogger logger, double seconds);

    [LoggerMessage(3028, LogLevel.Warning, "PostgreSQL runs with fsync=off: what is acknowledged to agents does not survive a power cut")]
    public static partial void NotDurable(this ILogger logger);
}
