using Fleet.Server.Hosting;

namespace Fleet.Server.Data.Events;

/// <summary>Deletes the files of days that are older than what is kept; at start and every hour.</summary>
internal sealed class Retention(DayFiles files, ServerOptions options, TimeProvider time, ILogger<Retention> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Deletes what is due now.</summary>
    public void Sweep()
    {
        DateOnly oldestKept = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-options.RetentionDays);

        // The newest file stays whatever its age: it carries the marks that make repeats harmless.
        foreach (DateOnly day in files.Days().SkipLast(1).Where(day => day < oldestKept))
        {
            try
            {
                files.Delete(day);
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
            Sweep();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
