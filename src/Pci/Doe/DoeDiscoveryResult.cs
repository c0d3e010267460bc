using System.Collections.Immutable;

namespace Fleet.Pci.Doe;

/// <summary>What discovery learned about a mailbox.</summary>
/// <param name="Features">The features found, in the device's order; those before a failure are kept.</param>
/// <param name="Failure">Why it stopped early; null when it reached the end.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record DoeDiscoveryResult(ImmutableArray<DoeFeature> Features, DoeFailure? Failure, string Detail)
{
    /// <summary>True when the list is complete.</summary>
    public bool Succeeded => Failure is null;
}
