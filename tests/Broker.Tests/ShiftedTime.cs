using Microsoft.Extensions.Time.Testing;

namespace Fleet.Broker.Tests;

/// <summary>A clock whose wall time can be set, as an administrator or NTP sets it, while the steady one goes on.</summary>
internal sealed class ShiftedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
