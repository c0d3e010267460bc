namespace Fleet.Server.Http;

/// <summary>The order that a request asks for.</summary>
/// <param name="Name">As it was asked for ("-seen").</param>
/// <param name="By">An item's value.</param>
/// <param name="Descending">Whether the largest comes first.</param>
internal sealed record Sorting<T>(string Name, Func<T, SortValue> By, bool Descending);
