namespace Fleet.Server.Live.Cell;

internal static partial class Log
{
    [LoggerMessage(3040, LogLevel.Warning, "{Notices} notices for other servers could not be sent; they are sent when the database can be reached")]
    public static partial void NewsNotSent(this ILogger logger, int notices, Exception error);

    [LoggerMessage(3041, LogLevel.Warning, "The connection on which other servers are heard ended; what they say meanwhile is read when there is another")]
    public static partial void NewsLost(this ILogger logger, Exception error);

    [LoggerMessage(3042, LogLevel.Error, "This server could not take its place among the others; it is tried again")]
    public static partial void CellTurnFailed(this ILogger logger, Exception error);

    [LoggerMessage(3043, LogLevel.Information, "{Excess} of {Mine} agents are sent on, {Others} other servers hold fewer")]
    public static partial void AgentsSentOn(this ILogger logger, int excess, int mine, int others);

    [LoggerMessage(3044, LogLevel.Information, "{Agents} agents are told to come back elsewhere within {Seconds} s")]
    public static partial void Farewell(this ILogger logger, int agents, double seconds);

    [LoggerMessage(3045, LogLevel.Information, "This server leads, term {Generation}")]
    public static partial void LeadershipBegan(this ILogger logger, long generation);

    [LoggerMessage(3046, LogLevel.Warning, "This server does not lead any more, term {Generation} ended")]
    public static partial void LeadershipEnded(this ILogger logger, long generation);

    [LoggerMessage(3047, LogLevel.Warning, "Whether this server leads cannot be known; it is tried again")]
    public static partial void LeadershipUnknown(this ILogger logger, Exception error);

    [LoggerMessage(3048, LogLevel.Warning, "The agent of host {Host} could not be told what changed; it asks by itself")]
    public static partial void AgentNotTold(this ILogger logger, Contracts.HostId host, Exception error);
}
