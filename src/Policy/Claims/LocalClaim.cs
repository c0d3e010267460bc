using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>A claim that a process asked for and got.</summary>
/// <param name="Facts">What is reported of it; the compiler lowers its mode to the host's ceiling.</param>
/// <param name="Process">The process that holds it.</param>
/// <param name="Region">What sort of region it asked for.</param>
public sealed record LocalClaim(ClaimFacts Facts, Caller Process, RegionKind Region = RegionKind.Range);
