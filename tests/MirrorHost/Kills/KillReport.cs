namespace Fleet.MirrorHost.Kills;

/// <summary>What became of the callers of an agent that was killed again and again.</summary>
internal sealed record KillReport
{
    public required string Mode { get; init; }

    public int Kills { get; set; }

    /// <summary>Kills while an exchange was under way.</summary>
    public int MidExchange { get; set; }

    /// <summary>Calls that lasted longer than any restart.</summary>
    public int Hung { get; set; }

    /// <summary>Mounts that were dead after a restart, or left at the end.</summary>
    public int DeadMounts { get; set; }

    /// <summary>Restarts after which a mailbox did not answer discovery.</summary>
    public int UnusableMailboxes { get; set; }

    public long Calls { get; set; }

    public long Failures { get; set; }

    /// <summary>Writes that came back with EIO.</summary>
    public long UnknownWrites { get; set; }

    /// <summary>Events that told of writes of unknown outcome.</summary>
    public long UnknownEvents { get; set; }

    public double LongestCallSeconds { get; set; }

    /// <summary>Everything that must not happen and did.</summary>
    public List<string> Wrong { get; init; } = [];
}
