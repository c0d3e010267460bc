using Fleet.Contracts;

namespace Fleet.Server.Features.Agents;

internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Information, "Agent of host {Host} ({HostName}) connected, version {Version}")]
    public static partial void AgentConnected(this ILogger logger, HostId host, string hostName, string version);

    [LoggerMessage(3101, LogLevel.Information, "Agent of host {Host} disconnected")]
    public static partial void AgentDisconnected(this ILogger logger, HostId host);

    [LoggerMessage(3102, LogLevel.Warning, "Hello of host {Host} refused: {Reason}")]
    public static partial void HelloRefused(this ILogger logger, HostId host, string reason);

    [LoggerMessage(3103, LogLevel.Warning, "Batch of host {Host} refused: {Reason}")]
    public static partial void BatchRefused(this ILogger logger, HostId host, string reason);

    [LoggerMessage(3105, LogLevel.Warning, "Host {Host} gets no new certificate: {Reason}")]
    public static partial void RenewalRefused(this ILogger logger, HostId host, string reason);

    [LoggerMessage(3104, LogLevel.Warning, "Connection of host {Host} ended by the server: {Reason}")]
    public static partial void AgentCut(this ILogger logger, HostId host, string reason);

    [LoggerMessage(3119, LogLevel.Information, "Connection {Connection} could not be told why it ends: {Reason}")]
    public static partial void PartingNotTold(this ILogger logger, string connection, string reason);

    [LoggerMessage(3109, LogLevel.Warning, "Host {Host} is asked to come back later: its hello could not be stored: {Reason}")]
    public static partial void HelloNotStored(this ILogger logger, HostId host, string reason);

    [LoggerMessage(3117, LogLevel.Warning, "Host {Host} has assignment {InForce} in force, which this server, at {Known}, does not remember: its database was restored, or the agent lies. What is wanted there is assignment {Next} now")]
    public static partial void AssignmentMovedOn(this ILogger logger, HostId host, long inForce, long known, long next);

    [LoggerMessage(3118, LogLevel.Warning, "Host {Host} is connected twice: {Note}")]
    public static partial void ConnectedTwice(this ILogger logger, HostId host, string note);
}
