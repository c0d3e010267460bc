namespace Fleet.Contracts;

/// <summary>All functions of a host.</summary>
/// <param name="Hash">Content hash over the functions, so that an unchanged inventory need not be sent again.</param>
/// <param name="Functions">Every function, ordered by address.</param>
public sealed record InventoryReport(string Hash, IReadOnlyList<FunctionFacts> Functions);
