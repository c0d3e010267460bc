using Fleet.Agent.Linux;

namespace Fleet.Agent.Uplink;

/// <summary>Replaces a file so that a crash leaves the old one or the new one, never a part.</summary>
internal static class DurableFile
{
    /// <summary>Ends the name of what is being written, and of what has its room only.</summary>
    public const string Making = ".new";

    /// <summary>Takes room on the disk for the next write of a file: what cannot be made twice is not to find the disk full when it has been made.</summary>
    /// <exception cref="IOException">There is no room. Where a file system cannot take any beforehand nothing is thrown, and nothing taken.</exception>
    public static void Reserve(string path, long bytes, bool secret)
    {
        File.Delete(path + Making);
        new FileStream(path + Making, Options(FileMode.CreateNew, secret, bytes)).Dispose();
    }

    public static void Write(string path, ReadOnlySpan<byte> content, bool secret)
    {
        using (FileStream stream = new(path + Making, Options(FileMode.OpenOrCreate, secret, 0)))
        {
            File.SetUnixFileMode(stream.SafeFileHandle, ModeOf(secret)); // One that was there keeps its own.
            stream.Write(content);
            stream.SetLength(content.Length); // Not before it is written: that would give reserved room away.
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + Making, path, overwrite: true);
        Posix.SynchronizeDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static FileStreamOptions Options(FileMode mode, bool secret, long reserved) =>
        new() { Mode = mode, Access = FileAccess.Write, UnixCreateMode = ModeOf(secret), PreallocationSize = reserved };

    private static UnixFileMode ModeOf(bool secret) =>
        UnixFileMode.UserRead | UnixFileMode.UserWrite | (secret ? UnixFileMode.None : UnixFileMode.GroupRead | UnixFileMode.OtherRead);
}
