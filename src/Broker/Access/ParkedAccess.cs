using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>
/// An access whose answer comes later. Whoever let it in subscribes and answers its caller from there. Three may end it, and the
/// first one does: who runs it (<see cref="TryRun"/>, then <see cref="Complete"/>), its deadline, and <see cref="Cancel"/>.
/// Once it runs it is on its way to the function, and neither deadline nor cancelling can call it back.
/// </summary>
public sealed class ParkedAccess
{
    private readonly Lock _gate = new();
    private readonly ITimer? _deadline;
    private Action<ParkedAccess>? _completed;
    private State _state;

    /// <summary>Parks an access for as long as it may wait; null for no deadline.</summary>
    internal ParkedAccess(AccessOperation operation, int length, TimeSpan? patience, TimeProvider time)
    {
        Operation = operation;
        Length = length;
        _deadline = patience is { } most
            ? time.CreateTimer(static parked => ((ParkedAccess)parked!).Cancel(AccessStatus.TimedOut), this, most, Timeout.InfiniteTimeSpan)
            : null;
    }

    private enum State
    {
        Waiting,
        Running,
        Done,
    }

    /// <summary>Read or write.</summary>
    public AccessOperation Operation { get; }

    /// <summary>Bytes asked for.</summary>
    public int Length { get; }

    /// <summary>How it ended; parked until then.</summary>
    public AccessResult Result { get; private set; } = new(AccessStatus.Parked, 0);

    /// <summary>What a read got; empty until it is done.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>True once it has ended.</summary>
    public bool IsCompleted
    {
        get
        {
            lock (_gate)
            {
                return _state is State.Done;
            }
        }
    }

    /// <summary>Whether it was carried out, rather than ended by its deadline or by cancelling.</summary>
    internal bool WasRun { get; private set; }

    /// <summary>Calls back exactly once when it has ended, on any thread; at once when it already has.</summary>
    public void Subscribe(Action<ParkedAccess> completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        lock (_gate)
        {
            if (_state is not State.Done)
            {
                _completed += completed;
                return;
            }
        }

        completed(this);
    }

    /// <summary>Its caller died or was interrupted: it ends as told and never reaches the function, unless it is on its way already.</summary>
    public void Cancel(AccessStatus why) => End(State.Waiting, new AccessResult(why, 0), default);

    /// <summary>Takes it out of the reach of deadline and cancelling; false when it has ended. Whoever gets true must complete it.</summary>
    internal bool TryRun()
    {
        lock (_gate)
        {
            if (_state is not State.Waiting)
            {
                return false;
            }

            _state = State.Running;
            WasRun = true;
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryRun"/> began.</summary>
    internal void Complete(AccessResult result, ReadOnlyMemory<byte> data = default) => End(State.Running, result, data);

    private void End(State from, AccessResult result, ReadOnlyMemory<byte> data)
    {
        Action<ParkedAccess>? completed;
        lock (_gate)
        {
            if (_state != from)
            {
                return;
            }

            _state = State.Done;
            Result = result;
            Data = data;
            completed = _completed;
            _completed = null;
        }

        _deadline?.Dispose();
        completed?.Invoke(this);
    }
}
