namespace Fleet.Contracts;

/// <summary>What the server may call on an agent. Method names are the wire's.</summary>
public interface IAgentClient
{
    /// <summary>The host's assignment changed: fetch it.</summary>
    Task AssignmentChanged(string tag);

    /// <summary>Attest a function (version <see cref="LinkProtocol.AttestationSince"/>). Jobs that are open are sent again after each hello.</summary>
    Task Attest(AttestationJob job);

    /// <summary>The server goes (version <see cref="LinkProtocol.PacingSince"/>): end the connection and come back as the notice says.</summary>
    Task Leave(LeaveNotice notice);

    /// <summary>Renew the certificate at this time, by the server's clock (version <see cref="LinkProtocol.RenewalSince"/>): another intermediate issues now.</summary>
    Task RenewCertificate(DateTimeOffset at);

    /// <summary>The root has revoked intermediates. Loss is harmless: each hello's answer has the list too.</summary>
    /// <param name="list">As <see cref="HelloReply.Revoked"/>.</param>
    Task Revoked(string list);

    /// <summary>
    /// The root says anew which keys sign assignments (version <see cref="LinkProtocol.PolicyKeysSince"/>). Loss is harmless: answers to hellos have it, and assignments.
    /// </summary>
    Task PolicyKeys(SignedPolicyKeys keys);
}
