using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet.Server.Maintenance;

/// <summary>What is in a backup: manifest.json, written last. A directory without it is no backup.</summary>
/// <param name="Format">1.</param>
/// <param name="Made">When the backup began.</param>
/// <param name="Server">The version of fleet-server that made it.</param>
/// <param name="Schema">The last migration of fleet.db; empty where the database is PostgreSQL.</param>
/// <param name="Files">Every file.</param>
internal sealed record BackupManifest(int Format, DateTimeOffset Made, string Server, string Schema, IReadOnlyList<BackupFile> Files)
{
    public const string Name = "manifest.json";
    public const int CurrentFormat = 1;

    [JsonIgnore]
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <exception cref="MaintenanceException">There is none, or it cannot be read.</exception>
    public static BackupManifest Read(string directory)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            BackupManifest? manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(path), MaintenanceJson.Options);
            return manifest is { Format: CurrentFormat, Files: not null }
                ? manifest
                : throw new MaintenanceException($"{path} is of format {manifest?.Format}; this version of fleet-server knows format {CurrentFormat}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new MaintenanceException($"{directory} is no complete backup: its {Name} cannot be read ({error.Message}).", error);
        }
    }

    public void Write(string directory)
    {
        string path = Path.Combine(directory, Name);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, MaintenanceJson.Options) + "\n");
        Disk.Flush(path + ".new");
        File.Move(path + ".new", path);
    }
}
