namespace Fleet.Server.Maintenance;

/// <summary>Compares the files of a backup with its manifest.</summary>
internal static class ManifestCheck
{
    public static IEnumerable<string> Problems(string directory, BackupManifest manifest)
    {
        foreach (BackupFile file in manifest.Files)
        {
            string path = Path.GetFullPath(Path.Combine(directory, file.Path));
            if (!path.StartsWith(Path.GetFullPath(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                yield return $"{file.Path} lies outside the backup.";
            }
            else if (!File.Exists(path))
            {
                yield return $"{file.Path} is missing.";
            }
            else if (new FileInfo(path).Length != file.Bytes || Disk.Sha256(path) != file.Sha256)
            {
                yield return $"{file.Path} is not what was written.";
            }
        }
    }
}
