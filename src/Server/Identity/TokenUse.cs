using Fleet.Server.Data;

namespace Fleet.Server.Identity;

/// <summary>What came of using a join token.</summary>
/// <param name="Token">The token; null when this server never made it.</param>
/// <param name="Refusal">Why it admits nobody; null when it did.</param>
/// <param name="Reason">The same in one word ("unknown", "used-up", "expired", "revoked"), for the audit trail.</param>
internal sealed record TokenUse(JoinToken? Token, string? Refusal, string Reason);
