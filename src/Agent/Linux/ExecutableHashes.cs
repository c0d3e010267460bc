using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// SHA-256 of the executables that processes run, each computed once for as long as the file stays the same. A small one is
/// computed when it is first asked for, at an open; a large one in the background, and until it is there the process has no hash:
/// a rule that asks for one lets nobody in without it.
/// </summary>
internal sealed class ExecutableHashes
{
    private const ulong SmallSize = 8 * 1024 * 1024; // some 5 ms
    private const ulong MostSize = 512 * 1024 * 1024;
    private const int MostKnown = 1_024;
    private const int Chunk = 128 * 1024;

    private readonly ConcurrentDictionary<FileKey, string> _known = new();
    private readonly ConcurrentDictionary<FileKey, Lazy<Task>> _running = new();

    // One at a time: whoever starts many large programs must not take the machine with it. Never disposed: it has no handle.
    private SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>The hash of what a process runs, through its own link: right even when the file was renamed or deleted since, or is in a container.</summary>
    /// <returns>64 lower-case digits; null when it cannot be read or is not computed yet.</returns>
    public string? Find(int pid)
    {
        if (!Posix.TryOpen($"/proc/{pid}/exe", Native.OpenReadOnly | Native.OpenNonBlocking, out SafeFileHandle file, out _))
        {
            return null;
        }

        if (!Posix.TryStat($"/proc/self/fd/{file.DangerousGetHandle()}", follow: true, out FileStatus status) || status.Size > MostSize)
        {
            file.Dispose();
            return null;
        }

        FileKey key = FileKey.Of(status);
        if (_known.TryGetValue(key, out string? hash))
        {
            file.Dispose();
            return hash;
        }

        if (status.Size <= SmallSize)
        {
            using (file)
            {
                return Remember(key, file);
            }
        }

        bool started = false;
        _ = _running.GetOrAdd(key, _ =>
        {
            started = true;
            return new Lazy<Task>(() => ComputeAsync(key, file));
        }).Value;
        if (!started)
        {
            file.Dispose();
        }

        return _known.GetValueOrDefault(key);
    }

    /// <summary>Waits until what is under way in the background is done.</summary>
    public Task SettleAsync() => Task.WhenAll(_running.Values.Select(run => run.Value));

    private async Task ComputeAsync(FileKey key, SafeFileHandle file)
    {
        using (file)
        {
            await Turn.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                _ = Remember(key, file);
            }
            finally
            {
                Turn.Release();
                _running.TryRemove(key, out _);
            }
        }
    }

    private string? Remember(FileKey key, SafeFileHandle file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[Chunk];
        long offset = 0;
        int count;
        while ((count = Posix.ReadAt(file, offset, buffer)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            offset += count;
        }

        // A file that changed while it was read is no file that anybody runs.
        if (count < 0 || !Posix.TryStat($"/proc/self/fd/{file.DangerousGetHandle()}", follow: true, out FileStatus after) || FileKey.Of(after) != key)
        {
            return null;
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        string text = Convert.ToHexStringLower(hash.GetHashAndReset());
        _known[key] = text;
        return text;
    }

    /// <summary>One content of one file. The change time cannot be set by its owner, as the modification time can.</summary>
    private readonly record struct FileKey(ulong Device, ulong Inode, ulong Size, long Modified, long Changed)
    {
        public static FileKey Of(in FileStatus status) => new(
            ((ulong)status.DevMajor << 32) | status.DevMinor, status.Inode, status.Size, Nanoseconds(status.Modified), Nanoseconds(status.Changed));

        private static long Nanoseconds(StatTime time) => (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }
}
