namespace Fleet.Agent.Uplink;

/// <summary>What is on the spool's disk.</summary>
/// <param name="Events">Events with a sequence.</param>
/// <param name="EventBytes">Their bytes.</param>
/// <param name="Rows">Rows of merged contention, without one.</param>
/// <param name="RowBytes">Their bytes.</param>
internal readonly record struct SpoolLoad(long Events, long EventBytes, long Rows, long RowBytes);
