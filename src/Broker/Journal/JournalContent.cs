namespace Fleet.Broker;

/// <summary>What a journal holds.</summary>
/// <param name="Entries">The cells, oldest minute first.</param>
/// <param name="Other">Accesses that found no free cell: counted, not described.</param>
/// <param name="Retired">Accesses in cells that were reused after they had aged.</param>
/// <param name="Torn">Cells that a crash left half written; nothing had been counted in them.</param>
public sealed record JournalContent(IReadOnlyList<JournalEntry> Entries, long Other, long Retired, int Torn)
{
    /// <summary>Claims, leases and holds, by their beginning.</summary>
    public IReadOnlyList<JournalInterval> Intervals { get; init; } = [];

    /// <summary>Intervals that found no room.</summary>
    public long UntoldIntervals { get; init; }

    /// <summary>All accesses recorded.</summary>
    public long Total => Entries.Sum(e => e.Count) + Other + Retired;
}
