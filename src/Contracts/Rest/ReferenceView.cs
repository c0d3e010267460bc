namespace Fleet.Contracts;

/// <summary>Reference values of a kind of device, as the API shows them.</summary>
public sealed record ReferenceView
{
    /// <summary>Their name.</summary>
    public required string Name { get; init; }

    /// <summary>Rises with each change.</summary>
    public required int Revision { get; init; }

    /// <summary>What they apply to, a selector of functions.</summary>
    public required string Selector { get; init; }

    /// <summary>One sentence about them; null where none was given.</summary>
    public string? Summary { get; init; }

    /// <summary>How many anchors they trust.</summary>
    public required int Anchors { get; init; }

    /// <summary>How many rules they have.</summary>
    public required int Rules { get; init; }

    /// <summary>How many functions they apply to now.</summary>
    public required int Functions { get; init; }

    /// <summary>Who changed them last.</summary>
    public required string Author { get; init; }

    /// <summary>The import key whose signature this revision came with; null when it was put without one.</summary>
    public string? SignedBy { get; init; }

    /// <summary>When they last changed.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>The document, JSON, as it was put; null in lists.</summary>
    public string? Document { get; init; }
}
