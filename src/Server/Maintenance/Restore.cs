namespace Fleet.Server.Maintenance;

/// <summary>Puts a backup into an empty data directory, after every file of it was compared with the manifest.</summary>
internal sealed class Restore(string source, string data, Action<string> say)
{
    /// <exception cref="MaintenanceException">The backup is not what was written, or the directory is not empty; nothing was changed then.</exception>
    public BackupManifest Run()
    {
        BackupManifest manifest = BackupManifest.Read(source);
        say($"comparing {manifest.Files.Count} files, {manifest.Bytes / 1_048_576} MiB");
        if (ManifestCheck.Problems(source, manifest).FirstOrDefault() is { } problem)
        {
            throw new MaintenanceException($"The backup {source} is damaged: {problem} Nothing was restored.");
        }

        Disk.TakeEmpty(data, "--data");
        try
        {
            foreach (BackupFile file in manifest.Files)
            {
                say(file.Path);
                Disk.Copy(Path.Combine(source, file.Path), Path.Combine(data, file.Path));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MaintenanceException($"The restore was not completed: {error.Message} {data} holds part of it; delete it and try again.", error);
        }

        return manifest;
    }
}
