using Fleet.Contracts;

namespace Fleet.Server.Features.Enrolment;

internal static partial class Log
{
    [LoggerMessage(3120, LogLevel.Information, "Host {HostId} enrolled as {HostName} with join token {TokenId}")]
    public static partial void HostEnrolled(this ILogger logger, HostId hostId, string hostName, string tokenId);

    [LoggerMessage(3121, LogLevel.Warning, "{HostName} may not join: {Reason}")]
    public static partial void EnrolmentRefused(this ILogger logger, string hostName, string reason);

    [LoggerMessage(3122, LogLevel.Warning, "{HostName} joined with the machine id of {OtherName} ({MachineId}); they are kept apart")]
    public static partial void SameMachineId(this ILogger logger, string hostName, string otherName, string machineId);
}
