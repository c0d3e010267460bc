namespace Fleet.Broker;

/// <summary>
/// Counts the time since some beginning, for what must end: nobody sets it, so no claim lasts longer than it was given. With the
/// time since boot it counts suspended time as well; without, it stands while the machine sleeps.
/// </summary>
internal sealed class SteadyClock(TimeProvider time, Func<TimeSpan>? sinceBoot)
{
    private readonly long _began = time.GetTimestamp();

    public TimeSpan Now => sinceBoot?.Invoke() ?? time.GetElapsedTime(_began);
}
