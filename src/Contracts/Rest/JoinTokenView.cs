namespace Fleet.Contracts;

/// <summary>A join token as lists show it: never its secret.</summary>
public sealed record JoinTokenView
{
    /// <summary>Identity of the token; not its secret.</summary>
    public required string Id { get; init; }

    /// <summary>"active", "used-up", "expired" or "revoked".</summary>
    public required string State { get; init; }

    /// <summary>What it is for, in the operator's words.</summary>
    public string? Note { get; init; }

    /// <summary>How many agents may join with it in all.</summary>
    public required int Uses { get; init; }

    /// <summary>How many have.</summary>
    public required int Used { get; init; }

    /// <summary>Who made it.</summary>
    public required string Author { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Labels put on every host it admits.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>When it last admitted a host; null when it never did.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>When it was revoked; null when it was not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Who revoked it.</summary>
    public string? RevokedBy { get; init; }
}
