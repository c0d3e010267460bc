using System.Threading.Channels;
using Fleet.Server.Data;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Reconcile;

/// <summary>
/// Keeps every rollout going: looks whenever hosts or rollouts have news, and each second because bake times and deadlines end by themselves. What a
/// <see cref="RolloutWatch"/> remembers is no more than what it need not look at; all that counts is in the database and in what hosts report.
/// </summary>
internal sealed class RolloutReconciler(
    ILeadership leadership, IDbContextFactory<FleetDb> databases, HostDirectory directory, HostSelection selection, RolloutStep step, RolloutCounts counts, LiveFeed feed, TimeProvider time,
    ILogger<RolloutReconciler> log)
    : LeaderService(leadership)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>What a term begins with: nothing is known.</summary>
    public RolloutWatch Watch(LeaderTerm term) => new(term, databases, new HostLook(directory), selection, step, counts, time, log);

    protected override async Task LeadAsync(LeaderTerm term, CancellationToken ct)
    {
        RolloutWatch watch = Watch(term);
        Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using IDisposable subscription = feed.Subscribe(change =>
        {
            if (change.Topic is LiveTopics.Rollouts)
            {
                watch.Stir();
            }

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
                await watch.LookAsync(ct);
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
}
