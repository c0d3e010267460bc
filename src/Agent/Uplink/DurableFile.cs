using Fleet.Agent.Linux;

namespace Fleet.Agent.Uplink;

/// <summary>Replaces a file so that a crash leaves the old one or the new one, never a part.</summary>
internal static class DurableFile
{
    public static void Write(string path, ReadOnlySpan<byte> content, bool secret)
    {
        string making = path + ".new";
        FileStreamOptions options = new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite
                | (secret ? UnixFileMode.None : UnixFileMode.GroupRead | UnixFileMode.OtherRead),
        };
        File.Delete(making); // The mode is only set on creation.
        using (FileStream stream = new(making, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(making, path, overwrite: true);
        Posix.SynchronizeDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
