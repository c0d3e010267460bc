using Fleet.Contracts;

namespace Fleet.Agent.Guardian;

internal static partial class Log
{
    [LoggerMessage(1850, LogLevel.Information, "Keeps the mirror at {Mountpoint}, on the agent's death '{Action}', {Handles} handles")]
    public static partial void Keeps(this ILogger logger, string mountpoint, AgentLossAction action, int handles);

    [LoggerMessage(1851, LogLevel.Warning, "The agent that served {Mountpoint} died; what was chosen for that is '{Action}'")]
    public static partial void AgentDied(this ILogger logger, string mountpoint, AgentLossAction action);

    [LoggerMessage(1852, LogLevel.Information, "Lifted {Count} mounts")]
    public static partial void Lifted(this ILogger logger, int count);

    [LoggerMessage(1853, LogLevel.Error, "No agent came for {Mountpoint} within {Limit}: accesses fail from now on, until the next agent")]
    public static partial void WaitedLongEnough(this ILogger logger, string mountpoint, TimeSpan limit);

    [LoggerMessage(1854, LogLevel.Warning, "The guardian of {Mountpoint} is gone; another is started")]
    public static partial void GuardianGone(this ILogger logger, string mountpoint);

    [LoggerMessage(1855, LogLevel.Error, "There is no guardian: {Reason} If the agent dies, the mirror and its binds fail until the next agent")]
    public static partial void NoGuardian(this ILogger logger, string reason);
}
