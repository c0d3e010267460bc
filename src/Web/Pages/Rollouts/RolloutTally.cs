using Fleet.Contracts;
using Fleet.Web.Parts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Rollouts;

/// <summary>Counts hosts of a rollout by how far they are.</summary>
public static class RolloutTally
{
    private static readonly string[] Order = ["applied", "assigned", "failed", "silent", "pending", "out"];

    public static IReadOnlyList<StackShare> Shares(RolloutView rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        return Shares(rollout.Waves.SelectMany(w => w.Hosts));
    }

    /// <summary>In the order of a bar: what is done, what moves, what is wrong, what is not known, what is to come.</summary>
    public static IReadOnlyList<StackShare> Shares(IEnumerable<RolloutTarget> hosts)
    {
        Dictionary<string, int> counts = hosts.CountBy(h => h.State).ToDictionary();
        IEnumerable<string> states = Order.Concat(counts.Keys.Except(Order).Order(StringComparer.Ordinal));
        return [.. states.Where(counts.ContainsKey).Select(s => new StackShare(s, s is "out" ? "counted out" : s, counts[s]))];
    }

    /// <summary>"1 min" of bake, or that there is none.</summary>
    public static string Bake(int seconds) => seconds is 0 ? "no bake" : $"bake {Show.Span(TimeSpan.FromSeconds(seconds))}";
}
