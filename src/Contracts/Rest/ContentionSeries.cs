namespace Fleet.Contracts;

/// <summary>Contention over time or by group.</summary>
/// <param name="From">Start of the range.</param>
/// <param name="To">End of the range.</param>
/// <param name="StepSeconds">Width of a point in seconds; 0 when the answer has no time axis.</param>
/// <param name="Groups">One entry for each combination of the fields asked for.</param>
/// <param name="Total">Sum of all counts.</param>
public sealed record ContentionSeries(DateTimeOffset From, DateTimeOffset To, int StepSeconds, IReadOnlyList<ContentionGroup> Groups, long Total);
