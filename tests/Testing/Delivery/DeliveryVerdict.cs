namespace Fleet.Testing.Delivery;

/// <summary>What a comparison of ledgers and store came to.</summary>
/// <param name="Made">Occurrences made.</param>
/// <param name="Stored">Occurrences stored, merged ones by their number.</param>
/// <param name="Rows">Events stored that carry them.</param>
/// <param name="Missing">Occurrences that are not stored.</param>
/// <param name="MissingInIntervals">Of these, what an announced interval covers: made and not yet on the agent's disk when it was killed.</param>
/// <param name="AnnouncedByCount">Occurrences announced as lost by number.</param>
/// <param name="AnnouncedIntervals">Intervals announced.</param>
/// <param name="Violations">Broken promises; empty when all were kept.</param>
public sealed record DeliveryVerdict(
    long Made, long Stored, long Rows, long Missing, long MissingInIntervals, long AnnouncedByCount, int AnnouncedIntervals, IReadOnlyList<Violation> Violations);
