namespace Fleet.Client;

/// <summary>How to add up contention.</summary>
public sealed record ContentionQuery
{
    /// <summary>Fields to group by: "caller", "host", "function", "device", "region", "feature", "decision".</summary>
    public IReadOnlyList<string> By { get; init; } = ["decision"];

    /// <summary>Start of the range; null for the server's default.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of the range; null for now.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Width of a point in seconds; null for totals alone.</summary>
    public int? StepSeconds { get; init; }

    /// <summary>Filter of events; null for all contention.</summary>
    public string? Q { get; init; }
}
