namespace Fleet.Client;

/// <summary>Which page of a list to read.</summary>
/// <param name="Q">Filter in the grammar of the API; null or empty for everything.</param>
/// <param name="Cursor">Cursor that the page before answered; null for the first page.</param>
/// <param name="Limit">Rows a page; null for the server's default.</param>
public sealed record ListQuery(string? Q = null, string? Cursor = null, int? Limit = null);
