using Fleet.Server.Live.News;
using Fleet.Server.Metrics;

namespace Fleet.Server.Live.Cell.Postgres;

/// <summary>Keeps this server's place among the others: beats, writes which hosts it holds, compares its memory with the database, evens agents out.</summary>
internal sealed class CellMember(
    ServerTable table,
    SharedPresence shared,
    NewsFollower follower,
    AgentSpread spread,
    ILeadership leadership,
    IFleetNews news,
    TimeProvider time,
    ILogger<CellMember> log) : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);
    private const int TurnsPerBeat = 3;
    private const int TurnsPerCatchUp = 30;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await table.LeaveAsync(cancellationToken);
            news.Publish(NewsKind.Servers);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.CellTurnFailed(error);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Turn, time);
        long turn = 0;
        do
        {
            try
            {
                await TakeAsync(turn, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The database is away, say: everything here is done anew, and whole, at the next turn.
                log.CellTurnFailed(error);
            }

            turn++;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TakeAsync(long turn, CancellationToken ct)
    {
        if (turn % TurnsPerBeat is 0)
        {
            if (await table.BeatAsync(Environment.MachineName, FleetGauges.Version, ct))
            {
                shared.Renew();
            }

            news.Publish(NewsKind.Servers); // Comes back to this server too, which so knows that it hears.
            await spread.EvenOutAsync(ct);
        }

        await shared.WriteAsync(ct);
        if (turn % TurnsPerCatchUp is TurnsPerCatchUp - 1)
        {
            await follower.CatchUpAsync(ct);
            if (leadership.Term is not null)
            {
                await table.CleanAsync(ct);
            }
        }
    }
}
