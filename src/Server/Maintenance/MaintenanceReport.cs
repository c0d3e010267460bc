namespace Fleet.Server.Maintenance;

/// <summary>What a command of maintenance has to say at its end.</summary>
/// <param name="Command">check, backup or restore.</param>
/// <param name="Directory">What was checked or made.</param>
/// <param name="Problems">What was found wrong.</param>
/// <param name="Manifest">What is in the backup.</param>
internal sealed record MaintenanceReport(string Command, string Directory, IReadOnlyList<string> Problems, BackupManifest? Manifest)
{
    public string ToText() => Manifest is { } manifest
        ? $"{Command}: {Directory} holds {manifest.Files.Count} files, {manifest.Bytes / 1_048_576} MiB, of {manifest.Made:u}"
        : Problems.Count is 0 ? $"{Command}: nothing is wrong with {Directory}" : string.Join('\n', Problems);
}
