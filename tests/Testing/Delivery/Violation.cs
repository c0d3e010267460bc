namespace Fleet.Testing.Delivery;

/// <summary>A promise of delivery that was broken.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Host">Whose events.</param>
/// <param name="What">Which events.</param>
public sealed record Violation(ViolationKind Kind, string Host, string What);
