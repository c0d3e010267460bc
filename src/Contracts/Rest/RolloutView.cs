namespace Fleet.Contracts;

/// <summary>A rollout as the API shows it.</summary>
public sealed record RolloutView
{
    /// <summary>Identity, 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The revision.</summary>
    public required int Revision { get; init; }

    /// <summary>Where it stands.</summary>
    public required RolloutPhase Phase { get; init; }

    /// <summary>Why it stands there, one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Who started it.</summary>
    public required string Author { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its state last changed.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>The wave it is at, from 0; equal to the number of waves when all are done.</summary>
    public required int Wave { get; init; }

    /// <summary>The waves.</summary>
    public required IReadOnlyList<WaveView> Waves { get; init; }
}
