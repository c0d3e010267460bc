using System.Collections.Immutable;

namespace Fleet.Pci.Capabilities;

/// <summary>What a walk found.</summary>
/// <param name="Items">Capabilities in chain order, the conventional chain first.</param>
/// <param name="Findings">What was odd, in the order met; empty for a sound function.</param>
public sealed record CapabilityList(ImmutableArray<Capability> Items, ImmutableArray<WalkFinding> Findings);
