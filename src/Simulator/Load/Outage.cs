namespace Fleet.Simulator.Load;

/// <summary>
/// The network between hosts and server, which may be cut. While it is, the hosts' pauses between attempts pass faster than the clock, so that an hour
/// of attempts takes seconds; what is left of a pause when the network comes back passes at the clock's speed.
/// </summary>
internal sealed class Outage(TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _compression = 1;
    private TaskCompletionSource<long>? _end; // with the timestamp of its end

    /// <summary>Whether the network is cut.</summary>
    public bool Cut => Volatile.Read(ref _end) is not null;

    public void Begin(double compression)
    {
        lock (_gate)
        {
            _compression = Math.Max(compression, 1);
            _end = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _end?.TrySetResult(time.GetTimestamp());
            _end = null;
        }
    }

    /// <summary>A host's pause.</summary>
    public async Task PauseAsync(TimeSpan pause, CancellationToken ct)
    {
        Task<long>? end;
        double compression;
        lock (_gate)
        {
            (end, compression) = (_end?.Task, _compression);
        }

        if (end is null)
        {
            await Task.Delay(pause, time, ct);
            return;
        }

        long start = time.GetTimestamp();
        await Task.WhenAny(end, Task.Delay(pause / compression, time, ct));
        ct.ThrowIfCancellationRequested();
        long until = end.IsCompletedSuccessfully ? await end : time.GetTimestamp();
        TimeSpan left = pause - (time.GetElapsedTime(start, until) * compression);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, ct);
        }
    }
}
