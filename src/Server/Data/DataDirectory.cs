using System.Diagnostics;
using Fleet.Server.Hosting;

namespace Fleet.Server.Data;

/// <summary>The directory that holds everything a server knows. One server at a time: a lock held as long as this lives.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    /// <summary>Where the keys are that all servers of one database have: a sub-directory, or another directory that they share.</summary>
    public const string Keys = "pki";

    private const int WouldBlock = 11; // EWOULDBLOCK: somebody else has locked the file.
    private static readonly TimeSpan FoundingTime = TimeSpan.FromSeconds(30);
    private readonly FileStream _lock;
    private readonly string? _keys;

    private DataDirectory(string root, string? keys, FileStream @lock)
    {
        Root = root;
        _keys = keys;
        _lock = @lock;
    }

    /// <summary>Whether keys are shared with other servers.</summary>
    public bool SharesKeys => _keys is not null;

    public string Root { get; }

    public string Database => PathOf("fleet.db");

    /// <summary>Takes the directory, making it when it is not there.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="keys">Another one for keys; null for a sub-directory.</param>
    /// <exception cref="StartException">It cannot be written, or another server has it.</exception>
    public static DataDirectory Open(string path, string? keys = null)
    {
        string root = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(root, OwnerOnly | UnixFileMode.UserExecute);
            return new DataDirectory(root, keys is null ? null : Path.GetFullPath(keys), new FileStream(Path.Combine(root, "server.lock"), Create(FileMode.OpenOrCreate)));
        }
        catch (IOException error) when (error.HResult is WouldBlock)
        {
            throw new StartException($"Another fleet-server uses the data directory {root}. Stop it, or start this one with another --data.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data directory {root} cannot be written: {error.Message} Give a writable directory with --data.", error);
        }
    }

    public string PathOf(string name) => _keys is not null && (name == Keys || name.StartsWith(Keys + "/", StringComparison.Ordinal))
        ? Path.Combine(_keys, name[Keys.Length..].TrimStart('/'))
        : Path.Combine(Root, name);

    /// <summary>Holds others off from making keys at the same time. Nothing where the directory cannot be written: then there is nothing to make.</summary>
    /// <exception cref="StartException">Another server has been at it for too long.</exception>
    public async Task<IDisposable> LockKeysAsync(CancellationToken ct)
    {
        string path = Path.Combine(Private(Keys), "keys.lock");
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, Create(FileMode.OpenOrCreate));
            }
            catch (Exception error) when (error is UnauthorizedAccessException || (error is IOException && !File.Exists(path)))
            {
                return Stream.Null;
            }
            catch (IOException error) when (Stopwatch.GetElapsedTime(begun) > FoundingTime)
            {
                throw new StartException($"Another server makes keys in {PathOf(Keys)} and does not come to an end. Stop it, and start this one again.", error);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
            }
        }
    }

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
