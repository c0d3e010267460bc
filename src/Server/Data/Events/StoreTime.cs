namespace Fleet.Server.Data.Events;

/// <summary>Times as columns hold them.</summary>
internal static class StoreTime
{
    /// <summary>Microseconds since 1970: when an event happened.</summary>
    public static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Minutes since 1970: what sums are keyed by.</summary>
    public static long Minutes(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute;
}
