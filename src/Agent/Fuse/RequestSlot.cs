namespace Fleet.Agent.Fuse;

/// <summary>
/// The request a worker is at. Another worker may answer it in its place when the caller is being killed; whoever
/// claims the answer first sends it, so that there is exactly one.
/// </summary>
internal sealed class RequestSlot
{
    private const ulong Idle = 0; // the kernel numbers requests from 2 up

    private ulong _unique;
    private int _thread;

    /// <summary>Thread of the caller that waits for the request.</summary>
    public int Thread => Volatile.Read(ref _thread);

    public void Begin(ulong unique, int thread)
    {
        Volatile.Write(ref _thread, thread);
        Volatile.Write(ref _unique, unique);
    }

    public bool Holds(ulong unique) => unique is not Idle && Volatile.Read(ref _unique) == unique;

    /// <summary>Takes the right to answer; false when somebody else already has.</summary>
    public bool TryAnswer(ulong unique) => Interlocked.CompareExchange(ref _unique, Idle, unique) == unique;
}
