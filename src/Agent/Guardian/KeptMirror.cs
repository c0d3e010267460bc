using Fleet.Agent.Fuse;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Linux;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Guardian;

/// <summary>A mirror's handles in the guardian's keep: the kernel sees its server alive as long as they are open.</summary>
internal sealed class KeptMirror : IDisposable
{
    private readonly List<SafeFileHandle> _handles;
    private readonly SlotTable? _slots;

    /// <param name="keeping">What it is.</param>
    /// <param name="handles">The memory, then the devices; none when nothing is to wait.</param>
    public KeptMirror(Keeping keeping, IReadOnlyList<SafeFileHandle> handles)
    {
        Keeping = keeping;
        _handles = [.. handles];
        _slots = _handles.Count > 1 ? SlotTable.TryLookInto(_handles[0]) : null;
    }

    public Keeping Keeping { get; }

    /// <summary>The memory, then the devices.</summary>
    public IReadOnlyList<SafeFileHandle> Handles => _handles;

    public bool CanWait => _slots is not null;

    /// <summary>
    /// While no agent is there: a caller that is being killed gets EINTR, or it could not die before the next agent comes. Its request
    /// stays noted, for a write of unknown outcome is to be told.
    /// </summary>
    public void ReleaseDying()
    {
        Span<byte> reply = stackalloc byte[OutHeader.Size];
        foreach (RequestSlot slot in _slots is null ? default : _slots.Slots)
        {
            if (slot.HasRequest && FuseRequest.TryRead(slot.Bytes, null, out FuseRequest request)
                && request.Header.Operation is not (Operation.Forget or Operation.BatchForget or Operation.Interrupt)
                && slot.Device >= 0 && slot.Device < _handles.Count - 1
                && ProcessStatus.TryRead((int)request.Header.Pid) is { IsDying: true })
            {
                int length = new FuseReply(reply, request.Header.Unique).Error(Errno.Interrupted);
                _ = Posix.Write(_handles[slot.Device + 1], reply[..length]);
            }
        }
    }

    /// <summary>Ends the connection: whoever waits gets an error at once.</summary>
    public void Abort() => FuseDevice.TryAbort(Keeping.Number);

    /// <summary>Takes off every mount, binds first, then ends the connection.</summary>
    public IReadOnlyList<string> Lift()
    {
        IReadOnlyList<string> lifted = MountTable.RemoveAll(Keeping.Number, Keeping.Mountpoint);
        if (lifted.Count > 0 || CanWait) // else the agent has ended it, and its number may be another's by now
        {
            Abort();
        }

        return lifted;
    }

    public void Dispose()
    {
        _slots?.Dispose();
        foreach (SafeFileHandle handle in _handles)
        {
            handle.Dispose();
        }
    }
}
