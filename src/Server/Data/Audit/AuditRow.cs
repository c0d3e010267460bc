namespace Fleet.Server.Data.Audit;

/// <summary>Something that somebody did. Each entry's hash covers the one before it, so that none can be changed or taken out without a trace.</summary>
internal sealed class AuditRow
{
    public long Number { get; init; }

    public DateTimeOffset Time { get; init; }

    public required string Who { get; init; }

    /// <summary>What was done ("quarantine.release").</summary>
    public required string Action { get; init; }

    /// <summary>To what.</summary>
    public required string Subject { get; init; }

    public required string Detail { get; init; }

    /// <summary>SHA-256 over the entry before and this one, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }
}
