namespace Fleet.Server.Maintenance;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative to the backup, and to the data directory.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
internal sealed record BackupFile(string Path, long Bytes, string Sha256);
