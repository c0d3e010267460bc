using Fleet.Agent.Linux;
using Fleet.Broker;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>
/// Callers that were signalled while they wait. The kernel says so once, for the first signal of whatever kind: a caller that handles it
/// goes on waiting, since sysfs never answers EINTR, and is looked at again and again; one that a signal ends gets EINTR at once and dies.
/// Without that it could not even be killed.
/// </summary>
internal sealed class SignalWatch(SlotTable slots, ReplySender sender)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private const int EarlyLimit = 64;

    private readonly Lock _gate = new();
    private readonly Queue<ulong> _early = new();
    private volatile int _earlyCount;
    private volatile bool _any;

    /// <summary>Whether anybody has to be looked at again.</summary>
    public bool Any => _any;

    /// <summary>The kernel says that the caller of a request was signalled.</summary>
    public void Interrupt(ulong unique)
    {
        if (Signal(unique))
        {
            return;
        }

        // It overtook its request, which another worker has read but not yet begun; or it is late, and nobody will ask for it.
        lock (_gate)
        {
            if (_early.Count >= EarlyLimit)
            {
                _early.Dequeue();
            }

            _early.Enqueue(unique);
            _earlyCount = _early.Count;
        }

        Signal(unique); // begun just now
    }

    /// <summary>A request begins: an interrupt may have been there before it.</summary>
    public void Begun(RequestSlot slot)
    {
        if (_earlyCount is 0)
        {
            return;
        }

        lock (_gate)
        {
            if (!_early.Contains(slot.Unique))
            {
                return;
            }
        }

        Mark(slot);
    }

    /// <summary>Looks at every caller that was signalled.</summary>
    public void Look()
    {
        if (!_any)
        {
            return;
        }

        _any = false;
        foreach (RequestSlot slot in slots.Slots)
        {
            if (slot.Signalled && slot.Unique is not 0)
            {
                _any = true;
                Check(slot);
            }
        }
    }

    /// <summary>Has a caller looked at from now on.</summary>
    public void Mark(RequestSlot slot)
    {
        slot.Signalled = true;
        _any = true;
    }

    private bool Signal(ulong unique)
    {
        foreach (RequestSlot slot in slots.Slots)
        {
            if (slot.Holds(unique))
            {
                Mark(slot);
                Check(slot);
                return true;
            }
        }

        return false;
    }

    private void Check(RequestSlot slot)
    {
        ulong unique = slot.Unique;
        if (unique is 0 || ProcessStatus.TryRead(slot.Thread) is not { IsDying: true })
        {
            return;
        }

        if (slot.Parked is ParkedAccess parked)
        {
            parked.Cancel(AccessStatus.Interrupted); // its completion answers
        }
        else if (slot.TryAnswer(unique))
        {
            sender.SendError(slot, unique, Errno.Interrupted);
        }
    }
}
