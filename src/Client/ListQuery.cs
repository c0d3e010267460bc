namespace Fleet.Client;

/// <summary>Which page of a list to read.</summary>
/// <param name="Q">Filter in the grammar of the API; null or empty for everything.</param>
/// <param name="Cursor">Cursor that the page before answered; null for the first page.</param>
/// <param name="Limit">Rows a page; null for the server's default.</param>
public sealed record ListQuery(string? Q = null, string? Cursor = null, int? Limit = null)
{
    /// <summary>A column's name, with a dash before it for descending; null for the list's own order. A cursor belongs to the order it was given out in.</summary>
    public string? Sort { get; init; }

    /// <summary>Only what happened at this time or after it; of events and of the audit trail.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only what happened before this time; of events and of the audit trail.</summary>
    public DateTimeOffset? Until { get; init; }
}
