namespace Fleet.Contracts;

/// <summary>Matches callers; every part that is set must match.</summary>
public sealed record CallerRule
{
    /// <summary>Path of the executable, exact.</summary>
    public string? Exe { get; init; }

    /// <summary>User id.</summary>
    public uint? Uid { get; init; }

    /// <summary>systemd unit.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether the caller may also write; reading alone is the default.</summary>
    public bool Write { get; init; }
}
