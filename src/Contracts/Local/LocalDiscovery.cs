namespace Fleet.Contracts;

/// <summary>What a mailbox says it speaks.</summary>
/// <param name="Features">The features found, as "vvvv:tt".</param>
/// <param name="Failure">Why discovery stopped early; null when it did not.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record LocalDiscovery(IReadOnlyList<string> Features, string? Failure, string Detail);
