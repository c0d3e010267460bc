using System.Collections.Concurrent;
using Fleet.Server.Data;
using Fleet.Server.Data.Tokens;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Identity.ApiTokens;

/// <summary>When tokens were last used, to the minute: noted in memory at each request, written now and then, so that a busy token costs a row's update a minute.</summary>
internal sealed class TokenUses(IDbContextFactory<FleetDb> databases, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new();
    private readonly Dictionary<string, DateTimeOffset> _written = [];

    public void Note(string token)
    {
        DateTimeOffset now = time.GetUtcNow();
        _seen[token] = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
    }

    /// <summary>The later of what the row says and what this server knows.</summary>
    public DateTimeOffset? Latest(ApiToken row) => _seen.TryGetValue(row.Id, out DateTimeOffset seen) && !(row.LastUsed >= seen) ? seen : row.LastUsed;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryWriteAsync(stoppingToken);
        }
    }

    // A database that is away misses nothing: what is not written is so at the next turn.
    private async Task TryWriteAsync(CancellationToken ct)
    {
        try
        {
            await WriteAsync(ct);
        }
        catch (Exception error) when (DatabaseFailures.Reason(error) is not null || DatabaseFailures.IsConflict(error))
        {
            // DatabaseHealth says it.
        }
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        foreach ((string token, DateTimeOffset seen) in _seen.Where(use => !_written.TryGetValue(use.Key, out DateTimeOffset written) || written < use.Value))
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await db.Set<ApiToken>().Where(row => row.Id == token && (row.LastUsed == null || row.LastUsed < seen))
                .ExecuteUpdateAsync(row => row.SetProperty(t => t.LastUsed, seen), ct);
            _written[token] = seen;
        }
    }
}
