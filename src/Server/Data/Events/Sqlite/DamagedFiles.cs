using System.Globalization;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>Files of a day that were found damaged: NAME.damaged, kept until somebody takes them away.</summary>
internal static class DamagedFiles
{
    private const string Suffix = ".damaged";

    /// <summary>Takes a file out of the way, with its log.</summary>
    /// <returns>Its new name.</returns>
    public static string SetAside(string path)
    {
        string aside = path + Suffix;
        for (int i = 2; File.Exists(aside); i++)
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{path}{Suffix}-{i}");
        }

        if (File.Exists(path + "-wal"))
        {
            File.Move(path + "-wal", aside + "-wal");
        }

        File.Delete(path + "-shm");
        File.Move(path, aside);
        return Path.GetFileName(aside);
    }

    /// <summary>Names of those of a directory whose names began so.</summary>
    public static IReadOnlyList<string> In(string directory, string prefix) =>
    [
        .. Directory.EnumerateFiles(directory, $"{prefix}*.db{Suffix}*").Select(path => Path.GetFileName(path)!)
            .Where(name => !name.EndsWith("-wal", StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];
}
