using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>
/// A Go on its way: parked until the real Go is written. It can be called off until it has its turn; after that only an abort by
/// its own caller ends it early.
/// </summary>
internal sealed class VirtualExchange : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly RegisterSet _registers;
    private readonly long _flight;
    private int _committed;

    public VirtualExchange(RegisterSet registers, long flight, TimeProvider time)
    {
        _registers = registers;
        _flight = flight;
        // Without a deadline of its own: the queue keeps it, and knows how long a hold may take.
        Write = new ParkedAccess(AccessOperation.Write, 4, null, time);
        Write.Subscribe(_ => CallOff());
    }

    /// <summary>The caller's write of Go.</summary>
    public ParkedAccess Write { get; }

    public CancellationToken Stop => _stop.Token;

    /// <summary>It has its turn: false when the caller is gone or was interrupted meanwhile.</summary>
    public bool TryCommit()
    {
        bool mine = Write.TryRun();
        Volatile.Write(ref _committed, mine ? 1 : 0);
        return mine;
    }

    /// <summary>The real Go is written.</summary>
    public void Went()
    {
        _registers.Went(_flight);
        Write.Complete(new AccessResult(AccessStatus.Done, 4));
    }

    /// <summary>The caller aborts: what waits is dropped, what is on the wire is aborted there.</summary>
    public void Abort()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Answers the write if nobody has yet.</summary>
    public void Answer(AccessStatus status)
    {
        if (Volatile.Read(ref _committed) is not 0 || TryCommit())
        {
            Write.Complete(new AccessResult(status, status is AccessStatus.Done ? 4 : 0));
        }
    }

    public void Dispose() => _stop.Dispose();

    private void CallOff()
    {
        if (Volatile.Read(ref _committed) is 0)
        {
            Abort();
        }
    }
}
