using Fleet.Server.Hosting;

namespace Fleet.Server.Data.Events;

/// <summary>Deletes days that are older than what is kept; at start and every hour.</summary>
internal sealed class Retention(IEventStore store, ServerOptions options, TimeProvider time, ILogger<Retention> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Deletes what is due now.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        DateOnly oldestKept = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-options.RetentionDays);

        // The newest day stays whatever its age: a file of it carries the marks that make repeats harmless.
        foreach (DateOnly day in (await store.DaysAsync(ct)).SkipLast(1).Where(day => day < oldestKept))
        {
            try
            {
                await store.DeleteAsync(day, ct);
                log.DayDeleted(day, options.RetentionDays);
            }
            catch (IOException error)
            {
                log.DayNotDeleted(error, day);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            await SweepAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
