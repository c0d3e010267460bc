using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>
/// Follows the exchanges that tools drive by register on the real mailbox, where the mode lets them: who is in the middle of one,
/// and who writes into it. It sees what passes through the intercepts and costs the device no cycle.
/// </summary>
internal sealed class TransactionWatch(TimeProvider time)
{
    // A response is due within a second of Go; after two without a sign the initiator has given up.
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private volatile Caller? _initiator;
    private bool _went;
    private int _acknowledged;
    private int _length;
    private long _seen;

    /// <summary>True while somebody may be in the middle of an exchange.</summary>
    public bool Open => _initiator is not null;

    /// <summary>Takes note of a write; answers whose exchange it fell into, when it is another's than the writer's.</summary>
    public Caller? Write(Caller caller, int register, uint value)
    {
        lock (_gate)
        {
            Caller? initiator = _initiator;
            bool mine = initiator is not null && Same(initiator, caller);
            if (initiator is not null && !mine && time.GetElapsedTime(_seen) < Forgotten)
            {
                bool abort = register is DoeRegisters.Control && (value & DoeRegisters.ControlAbort) != 0;
                _initiator = abort ? null : initiator; // What was under way is gone with the abort.
                return Disturbs(register, value) ? initiator : null;
            }

            Follow(caller, mine, register, value);
            return null;
        }
    }

    /// <summary>Takes note of what a read showed: the second dword of a response tells when it ends.</summary>
    public void Read(Caller caller, int register, uint value)
    {
        lock (_gate)
        {
            if (register is DoeRegisters.ReadData && _went && _acknowledged is 1 && _initiator is { } initiator && Same(initiator, caller)
                && DoeHeader.TryLength(value, out int length))
            {
                _length = length;
            }
        }
    }

    private static bool Same(Caller one, Caller other) => CallerKey.OfProcess(one) == CallerKey.OfProcess(other);

    private static bool Disturbs(int register, uint value) => register switch
    {
        DoeRegisters.WriteData or DoeRegisters.ReadData => true,
        DoeRegisters.Control => (value & (DoeRegisters.ControlAbort | DoeRegisters.ControlGo)) != 0,
        _ => false,
    };

    private void Follow(Caller caller, bool mine, int register, uint value)
    {
        _seen = time.GetTimestamp();
        switch (register)
        {
            case DoeRegisters.WriteData when !mine || _went:
                _initiator = caller;
                (_went, _acknowledged, _length) = (false, 0, 0);
                break;
            case DoeRegisters.Control when (value & DoeRegisters.ControlAbort) != 0:
                _initiator = null;
                break;
            case DoeRegisters.Control when mine && (value & DoeRegisters.ControlGo) != 0:
                _went = true;
                break;
            case DoeRegisters.ReadData when mine && _went:
                _acknowledged++;
                _initiator = _length > 0 && _acknowledged >= _length ? null : _initiator;
                break;
            default:
                break;
        }
    }
}
