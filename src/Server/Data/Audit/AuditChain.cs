namespace Fleet.Server.Data.Audit;

/// <summary>How far the trail's entries follow one from another.</summary>
/// <param name="Entries">Those that do.</param>
/// <param name="Broken">The first that does not; null where all do.</param>
/// <param name="Head">Hash of the last that does.</param>
internal sealed record AuditChain(long Entries, long? Broken, string Head);
