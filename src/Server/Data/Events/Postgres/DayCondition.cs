namespace Fleet.Server.Data.Events.Postgres;

/// <summary>What a filter comes to for one day.</summary>
/// <param name="Rows">Asked of a row: lets through all that the filter selects, and perhaps more.</param>
/// <param name="Entries">The part of it that an entry of an index can answer by itself: what it says of host, kind and function.</param>
/// <param name="Lookups">The indexed values that it must have, of each column in which they are few; none means that all rows are looked at.</param>
/// <param name="IsNothing">Whether nothing of the day can be selected.</param>
internal sealed record DayCondition(ColumnCondition Rows, ColumnCondition Entries, IReadOnlyList<IndexLookup> Lookups, bool IsNothing);
