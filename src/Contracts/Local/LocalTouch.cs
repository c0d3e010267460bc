namespace Fleet.Contracts;

/// <summary>Accesses of one tool to one function within the journal's time, an hour or so.</summary>
/// <param name="Exe">Path of the executable; empty when it could not be read.</param>
/// <param name="Uid">User id.</param>
/// <param name="Unit">systemd unit; null when none.</param>
/// <param name="Last">The last minute it accessed the function, UTC.</param>
/// <param name="Reads">Reads.</param>
/// <param name="Writes">Writes that went to the function.</param>
/// <param name="Refused">Accesses that were refused, or would have been under enforce.</param>
public sealed record LocalTouch(string Exe, uint Uid, string? Unit, DateTimeOffset Last, long Reads, long Writes, long Refused);
