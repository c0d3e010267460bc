namespace Fleet.Server.Data;

/// <summary>
/// A policy as fleet.db keeps it. A deleted one keeps its row, so that a policy made anew under the same name goes on counting and
/// no revision number ever means two documents.
/// </summary>
internal sealed class PolicyRow
{
    public required string Name { get; init; }

    /// <summary>The latest revision, from 1.</summary>
    public int Latest { get; set; }

    public DateTimeOffset? Deleted { get; set; }
}
