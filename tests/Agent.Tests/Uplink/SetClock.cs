namespace Fleet.Agent.Tests.Uplink;

/// <summary>A clock that somebody sets: what it shows jumps, and time goes on as before.</summary>
internal sealed class SetClock : TimeProvider
{
    private long _off;

    public TimeSpan Off { get => TimeSpan.FromTicks(Interlocked.Read(ref _off)); set => Interlocked.Exchange(ref _off, value.Ticks); }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Off;

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, dueTime, period);
}
