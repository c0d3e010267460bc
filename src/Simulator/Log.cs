using Microsoft.Extensions.Logging;

namespace Fleet.Simulator;

internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "setpci {Pid} poked the claimed mailbox of {HostName}: {Answer}")]
    public static partial void Poked(this ILogger logger, string hostName, int pid, string answer);

    [LoggerMessage(4010, LogLevel.Information, "A connection to the SPDM responder ended: {Reason}")]
    public static partial void SpdmConnectionLost(this ILogger logger, string reason);
}
