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

    [LoggerMessage(3605, LogLevel.Warning, "The keys that sign policies changed: {What}")]
    public static partial void PolicyKeysChanged(this ILogger logger, string what);

    [LoggerMessage(3606, LogLevel.Error, "The files of the keys that sign policies changed and cannot be taken: {Reason} They stay as they were")]
    public static partial void PolicyKeysNotRead(this ILogger logger, string reason);

    [LoggerMessage(3607, LogLevel.Error, "The watch of the keys that sign policies failed and goes on: {Reason}")]
    public static partial void PolicyKeyWatchFailed(this ILogger logger, string reason);

    [LoggerMessage(3608, LogLevel.Warning, "Not every agent has read the new list of keys that sign policies in time; those get it with their next assignment or hello")]
    public static partial void PolicyKeysNotHeard(this ILogger logger);

    [LoggerMessage(3609, LogLevel.Error, "Host {Host} refused an assignment for the key that signed it: {Detail}")]
    public static partial void PolicyKeyRefused(this ILogger logger, HostId host, string detail);

    [LoggerMessage(3610, LogLevel.Error, "Host {Host} refused an assignment for its key, which cannot be written into the audit log: {Reason} Its event is stored")]
    public static partial void PolicyKeyRefusalNotWritten(this ILogger logger, HostId host, string reason);

    [LoggerMessage(3611, LogLevel.Error, "Host {Host} has list {List} of the keys that sign policies, this server has {Own}: its keys are from an old backup. Restore the newest, or prepare and activate another with 'fleet-server authority policy-key'")]
    public static partial void PolicyKeysBehind(this ILogger logger, HostId host, long list, long own);
}
