namespace Fleet.Server.Hosting;

internal static partial class Log
{
    [LoggerMessage(3200, LogLevel.Information, "Operators: {Http}  Agents: {Agents}")]
    public static partial void Listening(this ILogger logger, Uri http, Uri agents);

    [LoggerMessage(3201, LogLevel.Information, "Sign in by the link in {File}: once, within a day")]
    public static partial void SignInLinkWritten(this ILogger logger, string file);

    [LoggerMessage(3202, LogLevel.Warning, "Only {Limit} files may be open, which leaves room for {Places} connections of agents; {Known} hosts are known, and a quarter more should have room. Raise the limit: LimitNOFILE=65536 in the unit, ulimits of the container, or ulimit -n before fleet-server is started")]
    public static partial void FewPlaces(this ILogger logger, int limit, int places, int known);

    [LoggerMessage(3203, LogLevel.Error, "All {Places} places for connections of agents are taken; agents beyond are turned away and try again. Raise the limit of open files: LimitNOFILE=65536 in the unit, ulimits of the container, or ulimit -n before fleet-server is started")]
    public static partial void NoPlaceLeft(this ILogger logger, int places);
}
