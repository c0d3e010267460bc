using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Reconcile;

/// <summary>
/// Keeps every rollout going: looks at all that are in force whenever hosts or rollouts have news, and each second because bake
/// times and deadlines end by themselves. It has no memory of its own; all that it knows is in fleet.db and in what hosts report.
/// </summary>
internal sealed class RolloutReconciler(
    ILeadership leadership, IDbContextFactory<FleetDb> databases, RolloutStep step, RolloutCounts counts, LiveFeed feed, TimeProvider time, ILogger<RolloutReconciler> log)
    : LeaderService(leadership)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task LeadAsync(LeaderTerm term, CancellationToken ct)
    {
        Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using IDisposable subscription = feed.Subscribe(change =>
        {
            if (change.Topic is LiveTopics.Hosts or LiveTopics.Rollouts)
            {
                wake.Writer.TryWrite(true);
            }
        });
        using ITimer timer = time.CreateTimer(_ => wake.Writer.TryWrite(true), null, TimeSpan.Zero, Period);
        await foreach (bool _ in wake.Reader.ReadAllAsync(ct))
        {
            try
            {
                await PassAsync(term, ct);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The edge of the loop: whatever stands in the way now, the next second tries again. Of its database the server has said so already.
                if (DatabaseFailures.Reason(error) is null)
                {
                    log.PassFailed(error);
                }
            }
        }
    }

    private async Task PassAsync(LeaderTerm term, CancellationToken ct)
    {
        foreach (long number in await InForceAsync(ct))
        {
            try
            {
                await step.TakeAsync(number, term, ct);
            }
            catch (Exception error) when (error is not OperationCanceledException and not LeadershipLostException && DatabaseFailures.Reason(error) is null)
            {
                log.StepFailed(number, error);
            }
        }

        await counts.RefreshAsync(ct);
    }

    /// <summary>The newest rollout of each policy that is going on or done; an older one has nothing more to say to hosts.</summary>
    private async Task<List<long>> InForceAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        return await db.Rollouts
            .Where(rollout => rollout.Phase == RolloutPhase.Running || rollout.Phase == RolloutPhase.Paused || rollout.Phase == RolloutPhase.Done)
            .GroupBy(rollout => rollout.Policy).Select(policy => policy.Max(rollout => rollout.Number))
            .Order().ToListAsync(ct);
    }
}
