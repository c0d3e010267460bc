namespace Fleet.Testing.Delivery;

/// <summary>What a comparison of a ledger of numbers with the store came to.</summary>
/// <param name="Made">Events made.</param>
/// <param name="Occurrences">Occurrences that they stand for.</param>
/// <param name="Acknowledged">Events that the server acknowledged.</param>
/// <param name="Stored">Events stored.</param>
/// <param name="Waiting">Events neither acknowledged nor stored: they are still the hosts'.</param>
/// <param name="Announced">Occurrences that hosts announced as lost.</param>
/// <param name="Violations">Broken promises; empty when all were kept.</param>
public sealed record LedgerVerdict(long Made, long Occurrences, long Acknowledged, long Stored, long Waiting, long Announced, IReadOnlyList<Violation> Violations);
