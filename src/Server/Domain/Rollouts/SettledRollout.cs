using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>
/// A rollout that is done and has nothing left to do by itself: what a host must be like before the whole of it is worth a look. What is to be done then
/// only <see cref="RolloutPlanner"/> says; this may be wrong by a look too many, never by one too few.
/// </summary>
internal sealed record SettledRollout
{
    public required long Number { get; init; }

    public required string Policy { get; init; }

    public required int Revision { get; init; }

    public required Selector Hosts { get; init; }

    /// <summary>Hosts that did not put it in force: whatever they say next may change that.</summary>
    public ImmutableHashSet<HostId> Open { get; init; } = [];

    /// <summary>Hosts that are in it already although they look as if they were to come.</summary>
    public ImmutableHashSet<HostId> Known { get; init; } = [];

    /// <summary>Whether what its selector asks of a host may change without a word of the host's: its state, what it is contended for, its twins.</summary>
    public bool Moves => MovesByItself(Hosts.Root);

    /// <summary>Whether a host may give it something to do, as far as can be told without asking its selector.</summary>
    /// <param name="host">The host.</param>
    /// <param name="desired">The revision of the policy that is wanted on it; null for none.</param>
    /// <param name="admitted">Whether it may come in.</param>
    public bool MayConcern(HostId host, int? desired, bool admitted) =>
        Open.Contains(host) || (admitted && desired != Revision && !Known.Contains(host));

    /// <summary>The same after a look at the whole.</summary>
    /// <param name="state">What was seen.</param>
    /// <param name="causes">The hosts that were the reason to look.</param>
    public SettledRollout After(RolloutState state, IEnumerable<HostId> causes)
    {
        ImmutableHashSet<HostId> targets = [.. state.Targets.Select(target => target.Host)];
        return this with
        {
            Open = [.. state.Targets.Where(target => target.Phase is not TargetPhase.Applied).Select(target => target.Host)],
            Known = Known.Union(causes.Where(targets.Contains)),
        };
    }

    private static bool MovesByItself(SelectorNode node) => node switch
    {
        AllNode => false,
        AndNode and => MovesByItself(and.Left) || MovesByItself(and.Right),
        OrNode or => MovesByItself(or.Left) || MovesByItself(or.Right),
        NotNode not => MovesByItself(not.Operand),
        TermNode term => term.Field is "any" or "state" or "contentions" or "duplicate" or "replaced" or "twice",
        _ => true,
    };
}
