using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data.Telling;

/// <summary>
/// Stores what waits in the outbox among the events, and removes it after. A row's number is its event's sequence, so the mark of the epoch makes it
/// harmless to store one again: whoever is killed in between, or leads no more and has not noticed, changes nothing twice.
/// </summary>
internal sealed class OutboxTeller(
    ILeadership leadership, IDbContextFactory<FleetDb> databases, Outbox outbox, EventWriter events, TimeProvider time, ILogger<OutboxTeller> log) : LeaderService(leadership)
{
    private const int RowsAtOnce = 500;

    // For what another server wrote, and for what could not be stored.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private bool _failing;

    protected override async Task LeadAsync(LeaderTerm term, CancellationToken ct)
    {
        using ITimer timer = time.CreateTimer(_ => outbox.Ring(), null, TimeSpan.Zero, Period);
        await foreach (bool _ in outbox.Rings.ReadAllAsync(ct))
        {
            try
            {
                while (await TellAsync(ct) is RowsAtOnce)
                {
                }

                _failing = false;
            }
            catch (Exception error) when (error is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                // The edge of the loop: the rows stay, and the next second tries again. Of its database the server has said so already.
                if (!_failing && DatabaseFailures.Reason(error) is null)
                {
                    log.TellingFailed(error);
                }

                _failing = true;
            }
        }
    }

    /// <returns>How many rows there were to tell of.</returns>
    private async Task<int> TellAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        List<OutboxRow> rows = await db.Set<OutboxRow>().AsNoTracking().OrderBy(row => row.Id).Take(RowsAtOnce).ToListAsync(ct);
        (Task<long> Stored, long[] Rows)[] telling = [.. rows.GroupBy(row => row.Host).Select(host => (StoreAsync(host, ct), host.Select(row => row.Id).ToArray()))];
        try
        {
            await Task.WhenAll(telling.Select(host => host.Stored));
        }
        finally
        {
            long[] told = [.. telling.Where(host => host.Stored.IsCompletedSuccessfully).SelectMany(host => host.Rows)];
            await db.Set<OutboxRow>().Where(row => told.Contains(row.Id)).ExecuteDeleteAsync(ct);
        }

        return rows.Count;
    }

    private Task<long> StoreAsync(IGrouping<HostId, OutboxRow> rows, CancellationToken ct)
    {
        FleetEvent[] told = [.. rows.Select(row => JsonSerializer.Deserialize<FleetEvent>(row.Event, FleetJson.Options)! with { Sequence = row.Id })];
        return events.StoreAsync(new IncomingBatch(rows.Key, told[^1].HostName, IncomingBatch.OutboxEpoch, told, time.GetUtcNow()), ct);
    }
}
