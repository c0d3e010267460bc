using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>The agents that are connected now.</summary>
internal interface IAgentConnections
{
    /// <summary>Tells the host's agent, if it is connected, that its assignment has another tag now. Loss is harmless: an agent also asks by itself.</summary>
    Task NudgeAsync(HostId host, string tag, CancellationToken ct);

    /// <summary>Sends an attestation, if the host's agent is connected. Loss is harmless: an agent gets open ones again when it connects.</summary>
    Task AttestAsync(HostId host, AttestationJob job, CancellationToken ct);

    /// <summary>Asks the host's agent, if it is connected, to renew its certificate at that time. Loss is harmless: each hello says it too.</summary>
    Task RenewAsync(HostId host, DateTimeOffset at, CancellationToken ct);

    /// <summary>Tells every agent of this server which intermediates the root has revoked. Loss is harmless: each hello says it too.</summary>
    Task RevokedAsync(string list, CancellationToken ct);

    /// <summary>Tells every agent of this server that takes them which keys sign assignments. Loss is harmless: each hello and assignment says it too.</summary>
    Task PolicyKeysAsync(SignedPolicyKeys keys, CancellationToken ct);

    bool IsConnected(HostId host);

    /// <summary>Asks agents of this server to go elsewhere.</summary>
    Task LeaveAsync(IEnumerable<HostId> hosts, LeaveNotice notice, CancellationToken ct);

    /// <summary>Ends every connection of the host at once, to this server or another. Whether it may come back is decided where it comes in.</summary>
    /// <param name="host">Whose.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <returns>How many were ended here.</returns>
    int Cut(HostId host, string reason);

    /// <summary>The same of the connections to this server alone.</summary>
    /// <param name="host">Whose.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="greeted">Only those that have said hello: one that comes in while the news is on its way is newer than it.</param>
    int CutHere(HostId host, string reason, bool greeted = false);

    /// <summary>
    /// Ends those connections to this server that would not be let in now: their host was taken out, their certificate was replaced, has expired, or is of an
    /// intermediate that is retired.
    /// </summary>
    /// <param name="host">Whose; null for all.</param>
    /// <returns>How many.</returns>
    int CutUnfit(HostId? host = null);
}
