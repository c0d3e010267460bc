namespace Fleet.Server.Data.Events;

/// <summary>Which days are due to be deleted.</summary>
/// <param name="ByAge">Older than what is kept.</param>
/// <param name="BySize">The oldest of the others, where all of them together are too large.</param>
/// <param name="HeldBack">Old by the clock, which nothing else bears out: kept.</param>
internal sealed record RetentionPlan(IReadOnlyList<DateOnly> ByAge, IReadOnlyList<DateOnly> BySize, IReadOnlyList<DateOnly> HeldBack)
{
    /// <summary>
    /// A day is deleted when it is older by the clock and when as many days really passed: each midnight after it counts as one that has events on both
    /// sides, or that a server lived through. A clock that jumps ahead, once or by years, passes no midnight: it ages nothing. A server that
    /// was off for long deletes later by that time.
    /// </summary>
    /// <param name="days">The days there are, oldest first. The newest always stays: it carries the marks that make repeats harmless.</param>
    /// <param name="today">Today, as far as the clock knows.</param>
    /// <param name="keep">Days to keep.</param>
    /// <param name="most">Bytes to keep at most, if there is a bound.</param>
    /// <param name="midnights">Days whose beginning a server lived through.</param>
    public static RetentionPlan Of(IReadOnlyList<StoredDay> days, DateOnly today, int keep, long? most, IReadOnlyCollection<DateOnly> midnights)
    {
        List<DateOnly> byAge = [];
        List<DateOnly> bySize = [];
        List<DateOnly> heldBack = [];
        long bytes = 0;
        HashSet<DateOnly> passed = [.. midnights, .. days.Zip(days.Skip(1)).Where(pair => pair.Second.Day == pair.First.Day.AddDays(1)).Select(pair => pair.Second.Day)];
        for (int newer = 0; newer < days.Count; newer++)
        {
            StoredDay day = days[^(newer + 1)];
            bool old = day.Day < today.AddDays(-keep);
            if (old && newer > 0 && passed.Count(midnight => midnight > day.Day && midnight <= today) > keep)
            {
                byAge.Insert(0, day.Day);
                continue;
            }

            bytes += day.Bytes;
            if (newer > 0 && bytes > most)
            {
                bySize.Insert(0, day.Day);
            }
            else if (old && newer > 0)
            {
                heldBack.Insert(0, day.Day);
            }
        }

        return new RetentionPlan(byAge, bySize, heldBack);
    }
}
