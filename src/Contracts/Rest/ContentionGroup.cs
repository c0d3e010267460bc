namespace Fleet.Contracts;

/// <summary>Contention of one group.</summary>
/// <param name="Key">Value of each field the answer is grouped by.</param>
/// <param name="Count">Occurrences in the range.</param>
/// <param name="Points">Occurrences by step; empty when the answer has no time axis.</param>
public sealed record ContentionGroup(IReadOnlyDictionary<string, string> Key, long Count, IReadOnlyList<long> Points);
