using System.Collections.Concurrent;

namespace Fleet.Agent.Fuse;

/// <summary>The open files of one mirror, by the number the kernel uses for them.</summary>
internal sealed class HandleTable : IDisposable
{
    private readonly ConcurrentDictionary<ulong, OpenFile> _files = new();
    private ulong _last;

    public int Count => _files.Count;

    public ulong Add(OpenFile file)
    {
        ulong handle = Interlocked.Increment(ref _last);
        _files[handle] = file;
        return handle;
    }

    public OpenFile? Find(ulong handle) => _files.GetValueOrDefault(handle);

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
