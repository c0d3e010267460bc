namespace Fleet.Contracts;

/// <summary>A policy with its latest revision.</summary>
public sealed record PolicyView
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Description from the document.</summary>
    public string? Description { get; init; }

    /// <summary>Latest revision, from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>How far the latest revision acts.</summary>
    public required EnforcementMode Mode { get; init; }

    /// <summary>Its priority.</summary>
    public required int Priority { get; init; }

    /// <summary>Selector of hosts.</summary>
    public required string Hosts { get; init; }

    /// <summary>Selector of functions.</summary>
    public required string Functions { get; init; }

    /// <summary>Number of claims in the document.</summary>
    public required int Claims { get; init; }

    /// <summary>Who made the latest revision.</summary>
    public required string Author { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>The document as it was put, YAML.</summary>
    public required string Document { get; init; }

    /// <summary>How many hosts report each revision in force.</summary>
    public IReadOnlyList<RevisionCount> Reported { get; init; } = [];

    /// <summary>How many hosts the selector matches now.</summary>
    public int MatchingHosts { get; init; }
}
