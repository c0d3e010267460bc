namespace Fleet.Pci.Doe;

/// <summary>
/// Waits between looks at a register: 50 µs, doubled each time up to 1 ms, until the time is up. Fast devices are answered fast; slow
/// ones cost at most a thousand looks. A time provider whose timers are coarser waits as long as its timers do.
/// </summary>
internal sealed class DoePoll(TimeProvider time, TimeSpan limit)
{
    private static readonly TimeSpan First = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(1);

    private readonly long _start = time.GetTimestamp();
    private TimeSpan _pause = First;

    public bool Expired => time.GetElapsedTime(_start) >= limit;

    public async Task WaitAsync(CancellationToken ct)
    {
        // Task.Delay counts whole milliseconds, whatever the provider could do. Like it, this goes on where the timer fires.
        TaskCompletionSource over = new();
        await using (time.CreateTimer(static o => ((TaskCompletionSource)o!).TrySetResult(), over, _pause, Timeout.InfiniteTimeSpan))
        await using (ct.UnsafeRegister(static (o, token) => ((TaskCompletionSource)o!).TrySetCanceled(token), over))
        {
            await over.Task;
        }

        _pause = _pause + _pause < Longest ? _pause + _pause : Longest;
    }
}
