namespace Fleet.Server.Data.Cell;

/// <summary>Who leads. One row, changed by whoever begins or ends a term; the leader's own transactions hold it while they run.</summary>
internal sealed class LeadershipRow
{
    public const int Only = 1;

    public int Id { get; init; } = Only;

    /// <summary>Rises with each term.</summary>
    public long Generation { get; set; }

    /// <summary>The server that leads; null when the last one ended its term by itself, so that the next need not wait.</summary>
    public string? Server { get; set; }

    public DateTimeOffset Since { get; set; }
}
