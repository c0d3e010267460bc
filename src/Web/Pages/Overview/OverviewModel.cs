using Fleet.Contracts;

namespace Fleet.Web.Pages.Overview;

/// <summary>What one read of the overview brings.</summary>
public sealed record OverviewModel(
    OverviewView Fleet, ContentionSeries ByDecision, ContentionSeries ByTool, IReadOnlyList<RolloutView> Rollouts, Page<HostView> Hosts)
{
    /// <summary>The rollout to show: one that runs or waits, the newest first.</summary>
    public RolloutView? Current =>
        Rollouts.Where(r => r.Phase is RolloutPhase.Running or RolloutPhase.Paused).MaxBy(r => r.Created);

    /// <summary>Contention of all decisions together, by step.</summary>
    public IReadOnlyList<long> Spark()
    {
        int steps = ByDecision.Groups.Select(g => g.Points.Count).DefaultIfEmpty(0).Max();
        return [.. Enumerable.Range(0, steps).Select(i => ByDecision.Groups.Sum(g => i < g.Points.Count ? g.Points[i] : 0))];
    }

    /// <summary>Hosts that need a look first: not live, then by contention.</summary>
    public IEnumerable<HostView> Busiest(int count) =>
        Hosts.Items.OrderBy(h => h.State is "live").ThenByDescending(h => h.Contentions).ThenBy(h => h.Name, StringComparer.Ordinal).Take(count);
}
