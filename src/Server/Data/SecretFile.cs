using Microsoft.Win32.SafeHandles;

namespace Fleet.Server.Data;

/// <summary>Replaces a file by one that only the owner may read; a reader sees the old text or the new, never half of it.</summary>
internal static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string path, string text)
    {
        string temporary = path + ".new";
        File.Delete(temporary);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly };
        using (FileStream stream = new(temporary, options))
        using (StreamWriter writer = new(stream))
        {
            writer.Write(text);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);

        // Its new name has to reach the disk too; on file systems with a journal a file that is synced takes along what was done to its name.
        using SafeFileHandle renamed = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(renamed);
    }

    /// <summary>A directory that only the owner may enter.</summary>
    public static void MakeDirectory(string path) => Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
}
