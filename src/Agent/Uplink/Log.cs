namespace Fleet.Agent.Uplink;

internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Warning, "Host {HostName}: events are being lost ({Reason}): {Explanation}")]
    public static partial void EventsLost(this ILogger logger, string hostName, string reason, string explanation);

    [LoggerMessage(1501, LogLevel.Error, "The spool {Path} was damaged; it was moved to {Aside} and a new one begins")]
    public static partial void SpoolDamaged(this ILogger logger, string path, string aside, Exception e);

    [LoggerMessage(1502, LogLevel.Error, "Cannot write the spool {Path}: {Reason}. The agent goes on deciding, keeps events in memory, merges and counts what finds no room there, and tries again each second")]
    public static partial void SpoolWriteFailed(this ILogger logger, string path, string reason);

    [LoggerMessage(1503, LogLevel.Error, "Stopping with {Count} events unwritten: the disk of the spool {Path} refuses them. The next start tells the server that they were lost; make room before it")]
    public static partial void SpoolAbandoned(this ILogger logger, int count, string path);

    [LoggerMessage(1504, LogLevel.Warning, "Host {HostName}: the spool's numbers are not the server's, or are another server's; epoch {Epoch} begins")]
    public static partial void SpoolEpochStarted(this ILogger logger, string hostName, long epoch);

    [LoggerMessage(1505, LogLevel.Information, "Host {HostName} joined {Server} as {HostId}")]
    public static partial void Joined(this ILogger logger, string hostName, Fleet.Contracts.HostId hostId, Uri server);

    [LoggerMessage(1506, LogLevel.Warning, "Host {HostName} has not joined yet: {Reason}. Trying again in {Seconds:0.0} s")]
    public static partial void JoinDelayed(this ILogger logger, string hostName, string reason, double seconds);

    [LoggerMessage(1507, LogLevel.Information, "Assignment {Generation} with {Count} policies is in force from disk")]
    public static partial void AssignmentRestored(this ILogger logger, long generation, int count);

    [LoggerMessage(1508, LogLevel.Error, "The assignment in {Path} is not put in force: {Reason}")]
    public static partial void AssignmentNotRestored(this ILogger logger, string path, string reason);

    [LoggerMessage(1509, LogLevel.Information, "Assignment {Generation} is in force: {Policies}")]
    public static partial void AssignmentApplied(this ILogger logger, long generation, string policies);

    [LoggerMessage(1510, LogLevel.Error, "The server's assignment is refused: {Reason}")]
    public static partial void AssignmentRejected(this ILogger logger, string reason);

    [LoggerMessage(1511, LogLevel.Error, "The assignment is in force but cannot be stored in {Path}: {Reason}")]
    public static partial void AssignmentNotStored(this ILogger logger, string path, string reason);

    [LoggerMessage(1512, LogLevel.Information, "Host {HostName} is connected to {Server}")]
    public static partial void LinkUp(this ILogger logger, string hostName, Uri server);

    [LoggerMessage(1530, LogLevel.Information, "Host {HostName} has its next certificate, good until {Until}")]
    public static partial void CertificateRenewed(this ILogger logger, string hostName, DateTimeOffset until);

    [LoggerMessage(1531, LogLevel.Error, "Host {HostName}: its certificate is not renewed: {Reason} It is good until {Until}. Trying again in {Seconds:0} s")]
    public static partial void RenewalFailed(this ILogger logger, string hostName, string reason, DateTimeOffset until, double seconds);

    [LoggerMessage(1532, LogLevel.Warning, "Host {HostName}: its clock is {Seconds:0} s off the server's; set it. What it dates is off by as much")]
    public static partial void ClockOff(this ILogger logger, string hostName, double seconds);

    [LoggerMessage(1533, LogLevel.Information, "Host {HostName} joined {Server} again as {HostId}")]
    public static partial void JoinedAgain(this ILogger logger, string hostName, Uri server, Fleet.Contracts.HostId hostId);

    [LoggerMessage(1534, LogLevel.Error, "Host {HostName} cannot join again: {Reason} It keeps deciding by what it has, and spools")]
    public static partial void NotJoinedAgain(this ILogger logger, string hostName, string reason);

    [LoggerMessage(1535, LogLevel.Warning, "Host {HostName}: the server does not know its certificate ({Reason}), as if it had been restored from a backup. Coming in with the one before, good until {Until}")]
    public static partial void TriesPreviousCertificate(this ILogger logger, string hostName, string reason, DateTimeOffset until);

    [LoggerMessage(1536, LogLevel.Warning, "Host {HostName}: the server knows the certificate of before, good until {Until}; it is in use again, and renewed from there")]
    public static partial void PreviousCertificateInUse(this ILogger logger, string hostName, DateTimeOffset until);

    [LoggerMessage(1537, LogLevel.Error, "Host {HostName}: that its certificate of before is in use again cannot be written down: {Reason} After a restart it is found out again")]
    public static partial void PreviousCertificateNotKept(this ILogger logger, string hostName, string reason);

    [LoggerMessage(1516, LogLevel.Warning, "Host {HostName}: the server does not take the evidence of {Job} now: {Reason}")]
    public static partial void EvidenceNotTaken(this ILogger logger, string hostName, string job, string reason);

    [LoggerMessage(1517, LogLevel.Information, "Host {HostName}: the evidence of {Job} is sent again in {Seconds:0.0} s")]
    public static partial void EvidenceWaits(this ILogger logger, string hostName, string job, double seconds);

    [LoggerMessage(1513, LogLevel.Warning, "Host {HostName} is not connected to {Server}: {Reason}. Trying again in {Seconds:0.0} s")]
    public static partial void LinkDown(this ILogger logger, string hostName, Uri server, string reason, double seconds);

    [LoggerMessage(1514, LogLevel.Information, "The spool {Path} takes events again")]
    public static partial void SpoolWritable(this ILogger logger, string path);

    [LoggerMessage(1515, LogLevel.Error, "Who listens to the spool failed")]
    public static partial void SpoolListenerFailed(this ILogger logger, Exception e);

    [LoggerMessage(1538, LogLevel.Warning, "Host {HostName}: the server's root has revoked intermediates (list {Number}); no server by them is believed from now on")]
    public static partial void RevocationsTaken(this ILogger logger, string hostName, string number);

    [LoggerMessage(1539, LogLevel.Error, "Host {HostName}: the server sent a list of revoked intermediates that its root did not sign; it is not taken")]
    public static partial void RevocationsNotTaken(this ILogger logger, string hostName);

    [LoggerMessage(1540, LogLevel.Error, "Host {HostName}: the list of revoked intermediates holds, but cannot be stored: {Reason} After a restart it holds from the next hello on")]
    public static partial void RevocationsNotStored(this ILogger logger, string hostName, string reason);

    [LoggerMessage(1541, LogLevel.Warning, "Host {HostName}: the server's root lists the keys that sign policies anew (list {Number}): {Keys}; no other is believed from now on")]
    public static partial void PolicyKeysTaken(this ILogger logger, string hostName, long number, string keys);

    [LoggerMessage(1542, LogLevel.Error, "Host {HostName}: the server sent a list of keys that sign policies which its root did not sign; it is not taken")]
    public static partial void PolicyKeysNotTaken(this ILogger logger, string hostName);

    [LoggerMessage(1543, LogLevel.Warning, "Host {HostName}: the server's list of keys that sign policies ({Given}) is older than the one this host has ({Number}); it is not taken. Was the server restored from a backup?")]
    public static partial void PolicyKeysOlder(this ILogger logger, string hostName, long given, long number);

    [LoggerMessage(1544, LogLevel.Error, "Host {HostName}: the list of keys that sign policies holds, but cannot be stored yet: {Reason}")]
    public static partial void PolicyKeysNotStored(this ILogger logger, string hostName, string reason);

    [LoggerMessage(1545, LogLevel.Information, "Assignment {Generation} stays in force, signed anew by policy key {Key}")]
    public static partial void AssignmentSignedAnew(this ILogger logger, long generation, string key);
}
