namespace Fleet.Fuzzing.Mailboxes;

/// <summary>Time that jumps: whoever asks for a timer has waited already. For one thread that waits for one thing at a time.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TimeSpan _elapsed;

    public TimeSpan Elapsed => _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + _elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Check.That(dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(10));
        _elapsed += dueTime;
        callback(state);
        return Spent.Instance;
    }

    private sealed class Spent : ITimer
    {
        public static readonly Spent Instance = new();

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new FuzzException("A timer that fired was set again.");

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
