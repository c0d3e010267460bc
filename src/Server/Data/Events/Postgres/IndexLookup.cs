namespace Fleet.Server.Data.Events.Postgres;

/// <summary>A column with an index, and the few values in it that are asked for.</summary>
internal sealed record IndexLookup(string Column, IReadOnlyList<int> Codes);
