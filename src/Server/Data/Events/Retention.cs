using Fleet.Server.Hosting;
using Fleet.Server.Live.Cell;

namespace Fleet.Server.Data.Events;

/// <summary>Deletes days of events, and later of sums, that are past what is kept, and makes ready for tomorrow; at start and every ten minutes.</summary>
internal sealed class Retention(
    ILeadership leadership, IEventStore store, PassedMidnights midnights, ServerOptions options, TimeProvider time, ILogger<Retention> log) : LeaderService(leadership)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private bool _saidHeldBack;
    private DateOnly? _seen;

    /// <summary>Deletes what is due now.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        IReadOnlyCollection<DateOnly> passed = await midnights.AllAsync(ct);
        RetentionPlan plan = RetentionPlan.Of(await store.StoredDaysAsync(ct), today, options.RetentionDays, options.RetentionBytes, passed);
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
        await SweepSumsAsync(today, passed, ct);
        await store.PrepareAsync(today.AddDays(1), ct);
        await NoteAsync(today, ct);
    }

    protected override async Task LeadAsync(LeaderTerm term, CancellationToken ct)
    {
        _seen = null; // What passed while another led is that one's to note.
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
    private async Task SweepSumsAsync(DateOnly today, IReadOnlyCollection<DateOnly> passed, CancellationToken ct)
    {
        IReadOnlyList<DateOnly> sums = await store.SumDaysAsync(ct);
        IEnumerable<DateOnly> all = sums.Concat((await store.StoredDaysAsync(ct)).Select(stored => stored.Day)).Distinct().Order();
        RetentionPlan plan = RetentionPlan.Of([.. all.Select(day => new StoredDay(day, 0))], today, Math.Max(options.RollupDays, options.RetentionDays), null, passed);
        foreach (DateOnly day in plan.ByAge.Intersect(sums))
        {
            try
            {
                await store.DeleteSumsAsync(day, ct);
                log.SumsDeleted(day, options.RollupDays);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.DayNotDeleted(error, day);
            }
        }
    }

    // A day that begins while this server sweeps every ten minutes is one that passed. A clock that jumps passes none, or this one at most.
    private async Task NoteAsync(DateOnly today, CancellationToken ct)
    {
        if (_seen is { } seen && today == seen.AddDays(1))
        {
            IReadOnlyList<DateOnly> kept = [.. await store.DaysAsync(ct), .. await store.SumDaysAsync(ct)];
            await midnights.NoteAsync(today, kept.Count is 0 ? today : kept.Min(), ct);
        }

        _seen = today;
    }

    private async Task DeleteAsync(DateOnly day, string why, CancellationToken ct)
    {
        try
        {
            await store.DeleteAsync(day, ct);
            log.DayDeleted(day, why);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // One day that cannot go must not keep the others.
            log.DayNotDeleted(error, day);
        }
    }
}
