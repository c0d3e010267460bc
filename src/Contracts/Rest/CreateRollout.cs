namespace Fleet.Contracts;

/// <summary>Asks for a policy revision to be rolled out.</summary>
public sealed record CreateRollout
{
    /// <summary>The policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The revision; null for the latest.</summary>
    public int? Revision { get; init; }

    /// <summary>The waves, in order; percents rise and the last is 100.</summary>
    public required IReadOnlyList<WaveSpec> Waves { get; init; }

    /// <summary>True to start paused.</summary>
    public bool Paused { get; init; }
}
