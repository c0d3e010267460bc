using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data;

/// <summary>
/// Whether the database can be used, and if not, why. Looked at every few seconds and whenever something fails over it; said in the log when that begins
/// and when it ends, however many requests and reconcilers fail in between.
/// </summary>
internal sealed class DatabaseHealth(IDbContextFactory<FleetDb> databases, TimeProvider time, ILogger<DatabaseHealth> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Impatience = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private string? _trouble;
    private DateTimeOffset _since;

    /// <summary>What is wrong; null when nothing is.</summary>
    public string? Trouble
    {
        get
        {
            lock (_gate)
            {
                return _trouble;
            }
        }
    }

    /// <summary>Whether an exception is the database's; then it is taken note of, and there is nothing more to log.</summary>
    public bool Accounts(Exception error)
    {
        if (DatabaseFailures.Reason(error) is not { } reason)
        {
            return false;
        }

        Note(reason);
        return true;
    }

    /// <summary>Asks the database whether it is there.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async Task<string?> LookAsync(CancellationToken ct)
    {
        using CancellationTokenSource soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
        soon.CancelAfter(Impatience);
        try
        {
            await using FleetDb db = await databases.CreateDbContextAsync(soon.Token);
            await db.Database.ExecuteSqlRawAsync("SELECT 1", soon.Token);
            Note(null);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Note($"The database does not answer within {Impatience.TotalSeconds:0} s.");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Note(DatabaseFailures.Reason(error) ?? error.Message);
        }

        return Trouble;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
        }
    }

    private void Note(string? trouble)
    {
        lock (_gate)
        {
            if (trouble is not null && _trouble is null)
            {
                _since = time.GetUtcNow();
                log.DatabaseTrouble(trouble);
            }
            else if (trouble is null && _trouble is not null)
            {
                log.DatabaseBack((time.GetUtcNow() - _since).TotalSeconds);
            }

            _trouble = trouble;
        }
    }
}
