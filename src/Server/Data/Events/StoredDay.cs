namespace Fleet.Server.Data.Events;

/// <summary>A day of arrival whose events are kept.</summary>
/// <param name="Day">The day.</param>
/// <param name="Bytes">What it takes on disk; 0 where that is not known.</param>
internal readonly record struct StoredDay(DateOnly Day, long Bytes);
