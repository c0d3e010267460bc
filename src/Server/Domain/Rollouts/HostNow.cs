using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>What is known of a host at the moment of planning, as far as one policy goes.</summary>
internal sealed record HostNow
{
    public required HostId Host { get; init; }

    public required string Name { get; init; }

    /// <summary>Whether the revision's selector matches it.</summary>
    public required bool Selected { get; init; }

    /// <summary>Revision of the policy that the server wants on it; null for none.</summary>
    public int? Desired { get; init; }

    /// <summary>Revision of the policy that it reports in force; null for none.</summary>
    public int? Reported { get; init; }

    /// <summary>Generation of the assignment that the server wants on it. What it says of a higher one is about something that the server does not remember.</summary>
    public long Generation { get; init; }

    /// <summary>Generation of the assignment that it reports in force.</summary>
    public long ReportedGeneration { get; init; }

    /// <summary>Why it did not put an assignment in force; null when it did.</summary>
    public string? Rejected { get; init; }

    /// <summary>Generation of the assignment that it did not put in force; null when it does not say.</summary>
    public long? RejectedGeneration { get; init; }

    /// <summary>When it reported, by the server's clock.</summary>
    public DateTimeOffset? ReportedAt { get; init; }

    /// <summary>Whether it was live when it was last looked at, so that it would answer soon.</summary>
    public bool Live { get; init; }

    /// <summary>Why it cannot take part ("the host is banned: stolen"); null for a host that may come in.</summary>
    public string? Out { get; init; }
}
