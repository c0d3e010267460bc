namespace Fleet.Server.Data.Cell;

/// <summary>A key that protects cookies and tickets, itself encrypted by the cell's key, which the database does not have.</summary>
internal sealed class KeyRow
{
    public required string Name { get; init; }

    public required string Xml { get; init; }
}
