namespace Fleet.Contracts;

/// <summary>Matches callers; every part that is set must match.</summary>
public sealed record CallerRule
{
    /// <summary>Path of the executable, exact.</summary>
    public string? Exe { get; init; }

    /// <summary>SHA-256 of the executable, 64 lower-case hexadecimal digits.</summary>
    public string? ExeHash { get; init; }

    /// <summary>User id.</summary>
    public uint? Uid { get; init; }

    /// <summary>systemd unit.</summary>
    public string? Unit { get; init; }

    /// <summary>Container id, exact.</summary>
    public string? Container { get; init; }

    /// <summary>Whether the caller may also write; reading alone is the default.</summary>
    public bool Write { get; init; }
}
