using Fleet.Server.Hosting;
using Fleet.Server.Live.Cell;

namespace Fleet.Server.Data.Events;

/// <summary>Deletes days of events, and later of sums, that are past what is kept, and makes ready for tomorrow; at start and every ten minutes.</summary>
internal sealed class Retention(ILeadership leadership, IEventStore store, ServerOptions options, TimeProvider time, ILogger<Retention> log) : LeaderService(leadership)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private bool _saidHeldBack;

    /// <summary>Deletes what is due now.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        RetentionPlan plan = RetentionPlan.Of(await store.StoredDaysAsync(ct), today, options.RetentionDays, options.RetentionBytes);
        foreach (DateOnly day in plan.ByAge)
        {
            await DeleteAsync(day, $"older than {options.RetentionDays} days", ct);
        }

        foreach (DateOnly day in plan.BySize)
        {
            await DeleteAsync(day, $"all days together were larger than {options.RetentionBytes} bytes", ct);
        }

        if (plan.HeldBack is [.., DateOnly newest] && !_saidHeldBack)
        {
            log.DaysHeldBack(plan.HeldBack.Count, newest, options.RetentionDays);
        }

        _saidHeldBack = plan.HeldBack.Count > 0;
        await SweepSumsAsync(today, ct);
        await store.PrepareAsync(today.AddDays(1), ct);
    }

    protected override async Task LeadAsync(LeaderTerm term, CancellationToken ct)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            try
            {
                await SweepAsync(ct);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // One failure (a database that is away, say) must not end retention: the next sweep tries again.
                log.SweepFailed(error);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    // Days whose events are still there count among the newer ones, but their sums go with the events.
    private async Task SweepSumsAsync(DateOnly today, CancellationToken ct)
    {
        IReadOnlyList<DateOnly> sums = await store.SumDaysAsync(ct);
        IEnumerable<DateOnly> all = sums.Concat((await store.StoredDaysAsync(ct)).Select(stored => stored.Day)).Distinct().Order();
        RetentionPlan plan = RetentionPlan.Of([.. all.Select(day => new StoredDay(day, 0))], today, Math.Max(options.RollupDays, options.RetentionDays), null);
        foreach (DateOnly day in plan.ByAge.Intersect(sums))
        {
            await store.DeleteSumsAsync(day, ct);
            log.SumsDeleted(day, options.RollupDays);
        }
    }

    private async Task DeleteAsync(DateOnly day, string why, CancellationToken ct)
    {
        try
        {
            await store.DeleteAsync(day, ct);
            log.DayDeleted(day, why);
        }
        catch (IOException error)
        {
            log.DayNotDeleted(error, day);
        }
    }
}
