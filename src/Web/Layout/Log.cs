using Microsoft.Extensions.Logging;

namespace Fleet.Web.Layout;

/// <summary>Log messages of the dashboard; ids 3900 to 3999 of the server's range.</summary>
internal static partial class Log
{
    [LoggerMessage(3900, LogLevel.Error, "A page of the dashboard failed")]
    public static partial void PageFailed(this ILogger logger, Exception cause);
}
