namespace Fleet.Agent.Linux;

/// <summary>The time since boot, suspended time included. Nobody can set it, which is why leases are counted by it.</summary>
internal static class BootClock
{
    private const int BootTime = 7; // CLOCK_BOOTTIME, clock_gettime(2)

    public static unsafe TimeSpan Now()
    {
        ClockTime time;
        return Native.ClockTime(BootTime, &time) is 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : throw new PlatformNotSupportedException("The kernel has no clock of the time since boot; leases and claims could not end in time.");
    }
}
