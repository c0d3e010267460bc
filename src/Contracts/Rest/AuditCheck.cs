namespace Fleet.Contracts;

/// <summary>Whether the chain of the audit trail holds.</summary>
/// <param name="Intact">True when every entry follows from the one before it.</param>
/// <param name="Entries">How many entries were followed; up to the broken one where there is one.</param>
/// <param name="Broken">The first entry that does not follow; null where all do.</param>
/// <param name="Head">Hash of the last entry that does, hexadecimal: kept elsewhere it tells later whether the end was cut off. Empty for an empty trail.</param>
/// <param name="Time">When it was looked at.</param>
/// <param name="Detail">What to do; null where nothing is.</param>
public sealed record AuditCheck(bool Intact, long Entries, long? Broken, string Head, DateTimeOffset Time, string? Detail);
