using Microsoft.Extensions.Logging;

namespace Fleet.FaultTrial;

internal static partial class Log
{
    [LoggerMessage(4950, LogLevel.Error, "Host {HostName} stops with {Count} events that the server did not take")]
    public static partial void EventsLeft(this ILogger logger, string hostName, long count);
}
