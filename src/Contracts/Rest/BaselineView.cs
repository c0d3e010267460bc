namespace Fleet.Contracts;

/// <summary>What a function measured once, as rules: recorded by a trusted identity's evidence, and in force once it is pinned.</summary>
public sealed record BaselineView
{
    /// <summary>The function.</summary>
    public required FunctionId Function { get; init; }

    /// <summary>Its host's name.</summary>
    public required string HostName { get; init; }

    /// <summary>The attestation that it was recorded from.</summary>
    public required string Attestation { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset Recorded { get; init; }

    /// <summary>By whom.</summary>
    public required string RecordedBy { get; init; }

    /// <summary>When it was pinned; null while it only shows drift.</summary>
    public DateTimeOffset? Pinned { get; init; }

    /// <summary>By whom; null while it is not pinned.</summary>
    public string? PinnedBy { get; init; }

    /// <summary>Identity that it was recorded from, SHA-256, hexadecimal.</summary>
    public required string Identity { get; init; }

    /// <summary>The latest measurements beside what was recorded.</summary>
    public required IReadOnlyList<MeasurementView> Measurements { get; init; }
}
