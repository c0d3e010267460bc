using System.Security.Cryptography;

namespace Fleet.Server.Maintenance;

/// <summary>Files as maintenance handles them: private, and on the disk before anybody relies on them.</summary>
internal static class Disk
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Flush(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    public static string Sha256(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Copies a file that only the owner may read.</summary>
    public static void Copy(string from, string to)
    {
        MakeDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
        File.SetUnixFileMode(to, OwnerOnly);
        Flush(to);
    }

    public static void MakeDirectory(string path) => Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Makes a directory, or takes one that is empty.</summary>
    /// <exception cref="MaintenanceException">Something is in it, or it cannot be made.</exception>
    public static void TakeEmpty(string path, string option)
    {
        try
        {
            MakeDirectory(path);
            if (Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new MaintenanceException($"{path} is not empty and nothing in it is overwritten. Give {option} a directory that is empty or not there.");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MaintenanceException($"{path} cannot be written: {error.Message}", error);
        }
    }
}
