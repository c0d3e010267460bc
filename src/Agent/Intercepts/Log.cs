namespace Fleet.Agent.Intercepts;

internal static partial class Log
{
    [LoggerMessage(1860, LogLevel.Information, "{Count} config files go through the broker")]
    public static partial void Bound(this ILogger logger, int count);

    [LoggerMessage(1861, LogLevel.Error, "Nothing can be bound over {Target}, which stays raw: {Reason}")]
    public static partial void BindRefused(this ILogger logger, string target, string reason);

    [LoggerMessage(1862, LogLevel.Error, "The bind over {Target} cannot be taken off: {Reason}")]
    public static partial void BindStays(this ILogger logger, string target, string reason);

    [LoggerMessage(1863, LogLevel.Warning, "Opened before the binds, so around the broker until it is closed: {Holder}")]
    public static partial void OpenedBefore(this ILogger logger, string holder);
}
