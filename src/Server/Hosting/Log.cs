namespace Fleet.Server.Hosting;

internal static partial class Log
{
    [LoggerMessage(3200, LogLevel.Information, "Operators: {Http}  Agents: {Agents}")]
    public static partial void Listening(this ILogger logger, Uri http, Uri agents);

    [LoggerMessage(3201, LogLevel.Information, "Sign in by the link in {File}: once, within a day")]
    public static partial void SignInLinkWritten(this ILogger logger, string file);
}
