namespace Fleet.Contracts;

/// <summary>The server's answer to a hello.</summary>
/// <param name="Protocol">Version of the link protocol the server speaks.</param>
/// <param name="WantInventory">True when the server does not have an inventory with that hash.</param>
/// <param name="AcknowledgedSequence">Highest sequence of the agent's epoch that the server has committed; 0 for none.</param>
/// <param name="AssignmentTag">Tag of the host's present assignment; the agent fetches it when it has another.</param>
/// <param name="ServerTime">The server's clock, for measuring the offset.</param>
/// <param name="Refused">Why the server will not talk to this agent; null when it will.</param>
/// <param name="RetryAfterMilliseconds">
/// When refused: the agent comes back (here; at another server at once) at a random moment between this and twice this. Null for the agent's own pace.
/// </param>
/// <param name="SpreadMilliseconds">
/// When this connection ends without a <see cref="IAgentClient.Leave"/> (the server died), the agent comes back at a random moment within this time, so that a
/// fleet does not return in one instant. Null for the agent's own pace.
/// </param>
/// <param name="RenewAt">When the agent should renew its certificate, by the server's clock; null for not at all.</param>
/// <param name="RefusalReason">When refused for who the agent is: one of <see cref="Refusals"/>. Null otherwise.</param>
/// <param name="Revoked">
/// Intermediates that the root has revoked: base64 of its revocation list in DER (RFC 5280, section 5), signed by the root alone. The agent believes no server
/// by them from then on, and no list with a lower number. Null while there is none.
/// </param>
/// <param name="PolicyKeys">The keys that sign assignments, as the root says it; kept by the agent before it fetches any. Null while none was ever replaced.</param>
public sealed record HelloReply(
    int Protocol, bool WantInventory, long AcknowledgedSequence, string AssignmentTag, DateTimeOffset ServerTime, string? Refused,
    int? RetryAfterMilliseconds = null, int? SpreadMilliseconds = null, DateTimeOffset? RenewAt = null,
    string? RefusalReason = null, string? Revoked = null, SignedPolicyKeys? PolicyKeys = null);
