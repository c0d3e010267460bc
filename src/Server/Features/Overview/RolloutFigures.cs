using Fleet.Contracts;
using Fleet.Server.Data;

namespace Fleet.Server.Features.Overview;

/// <summary>What the overview says of policies and rollouts.</summary>
internal sealed record RolloutFigures(int Policies, IReadOnlyDictionary<string, int> Phases, IReadOnlyList<AttentionItem> Failed)
{
    public static Task<RolloutFigures> ReadAsync(FleetDb db, CancellationToken ct)
    {
        _ = (db, ct);
        return Task.FromResult(new RolloutFigures(0, new SortedDictionary<string, int>(), []));
    }
}
