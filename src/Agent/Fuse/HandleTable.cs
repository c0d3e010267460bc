using System.Collections.Concurrent;

namespace Fleet.Agent.Fuse;

/// <summary>
/// The open files of one mirror, by the number the kernel uses for them. The number says which agent gave it and what was opened, so that
/// the next agent can serve a file that was opened before it.
/// </summary>
/// <param name="generation">How many agents have served the mirror, this one included.</param>
internal sealed class HandleTable(int generation) : IDisposable
{
    private const int KindBits = 8;
    private const int GenerationShift = 48;

    private readonly ConcurrentDictionary<ulong, OpenFile> _files = new();
    private ulong _last;

    public int Count => _files.Count;

    public ulong Add(OpenFile file)
    {
        ulong handle = ((ulong)(ushort)generation << GenerationShift) | (Interlocked.Increment(ref _last) << KindBits) | (uint)file.Kind;
        _files[handle] = file;
        return handle;
    }

    public OpenFile? Find(ulong handle) => _files.GetValueOrDefault(handle);

    /// <summary>What an earlier agent opened under this number; none when the number is of this agent, or of nobody.</summary>
    public HandleKind KindOfFormer(ulong handle) =>
        (ushort)(handle >> GenerationShift) is var given && given is not 0 && given != (ushort)generation
            ? (HandleKind)(handle & ((1 << KindBits) - 1))
            : HandleKind.None;

    /// <summary>Puts a file made anew under the number that its holder knows. Two that race keep the first.</summary>
    public OpenFile Restore(ulong handle, OpenFile file)
    {
        OpenFile kept = _files.GetOrAdd(handle, file);
        if (kept != file)
        {
            file.Dispose();
        }

        return kept;
    }

    public void Release(ulong handle)
    {
        if (_files.TryRemove(handle, out OpenFile? file))
        {
            file.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (ulong handle in _files.Keys)
        {
            Release(handle);
        }
    }
}
