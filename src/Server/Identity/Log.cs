using Fleet.Contracts;

namespace Fleet.Server.Identity;

internal static partial class Log
{
    [LoggerMessage(3600, LogLevel.Information, "Host {Host} ({HostName}) came in with its renewed certificate, good until {Until}; the one before is superseded")]
    public static partial void CertificateRenewed(this ILogger logger, HostId host, string hostName, DateTimeOffset until);

    [LoggerMessage(3601, LogLevel.Error, "{Count} refusals could not be written into the audit log: {Reason}. They are kept and tried again")]
    public static partial void RefusalsNotWritten(this ILogger logger, int count, string reason);

    [LoggerMessage(3602, LogLevel.Warning, "The authority changed: {What}")]
    public static partial void AuthorityChanged(this ILogger logger, string what);

    [LoggerMessage(3603, LogLevel.Error, "The authority's files changed and cannot be taken: {Reason} It stays as it was")]
    public static partial void AuthorityNotRead(this ILogger logger, string reason);

    [LoggerMessage(3604, LogLevel.Error, "The watch of the authority failed and goes on: {Reason}")]
    public static partial void AuthorityWatchFailed(this ILogger logger, string reason);
}
