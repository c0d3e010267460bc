using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>A local claim and when it ends by the steady clock.</summary>
internal sealed record HeldClaim(LocalClaim Claim, TimeSpan Ends, int Interval);
