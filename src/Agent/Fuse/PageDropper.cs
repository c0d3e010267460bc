using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>
/// splice and sendfile ignore DIRECT_IO on current kernels: they read one page and leave it in the page cache, where
/// the next splice would find stale data without asking us. After every read of a page or more, the cache of that
/// file is dropped, from another thread, since the notification waits for the reply that is still being written.
/// </summary>
internal sealed class PageDropper(FuseDevice device)
{
    public const int PageSize = 4096;

    private readonly ConcurrentDictionary<ulong, bool> _waiting = new();

    public void Drop(ulong nodeId)
    {
        if (_waiting.TryAdd(nodeId, true))
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static work => work.Dropper.Notify(work.NodeId), (Dropper: this, NodeId: nodeId), preferLocal: false);
        }
    }

    private void Notify(ulong nodeId)
    {
        _waiting.TryRemove(nodeId, out _);
        InvalidateInode notification = new()
        {
            Header = new OutHeader { Length = (uint)Unsafe.SizeOf<InvalidateInode>(), Error = InvalidateInode.Code },
            NodeId = nodeId,
        };
        try
        {
            _ = device.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<InvalidateInode>(in notification)));
        }
        catch (ObjectDisposedException)
        {
            // The mirror ended meanwhile, and its pages with it.
        }
    }
}
