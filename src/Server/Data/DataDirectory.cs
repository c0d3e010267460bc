using Fleet.Server.Hosting;

namespace Fleet.Server.Data;

/// <summary>The directory that holds everything a server knows. One server at a time: a lock held as long as this lives.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _lock;

    private DataDirectory(string root, FileStream @lock)
    {
        Root = root;
        _lock = @lock;
    }

    public string Root { get; }

    public string Database => PathOf("fleet.db");

    /// <summary>Takes the directory, making it when it is not there.</summary>
    /// <exception cref="StartException">It cannot be written, or another server has it.</exception>
    public static DataDirectory Open(string path)
    {
        string root = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(root, OwnerOnly | UnixFileMode.UserExecute);
            return new DataDirectory(root, new FileStream(Path.Combine(root, "server.lock"), Create(FileMode.OpenOrCreate)));
        }
        catch (IOException error) when (File.Exists(Path.Combine(root, "server.lock")))
        {
            throw new StartException($"Another fleet-server uses the data directory {root}. Stop it, or start this one with another --data.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data directory {root} cannot be written: {error.Message} Give a writable directory with --data.", error);
        }
    }

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A sub-directory that only the owner may enter.</summary>
    public string Private(string name)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Makes sure that a file is there and that only the owner may read it; SQLite gives its side files the same mode.</summary>
    public void MakePrivate(string name)
    {
        string path = PathOf(name);
        if (File.Exists(path))
        {
            // Not opened: closing any handle of a file drops every lock that this process has on it, those of SQLite too.
            File.SetUnixFileMode(path, OwnerOnly);
            return;
        }

        using FileStream stream = new(path, Create(FileMode.CreateNew));
    }

    /// <summary>Replaces a file by one that only the owner may read; a reader sees the old text or the new, never half of it.</summary>
    public void WriteSecret(string name, string text) => SecretFile.Write(PathOf(name), text);

    public void Dispose() => _lock.Dispose();

    private static FileStreamOptions Create(FileMode mode) => new()
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        UnixCreateMode = OwnerOnly,
    };
}
