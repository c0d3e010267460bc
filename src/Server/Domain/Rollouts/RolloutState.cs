using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>A rollout as a value; <see cref="RolloutPlanner"/> says what to do about it.</summary>
internal sealed record RolloutState
{
    public required string Policy { get; init; }

    public required int Revision { get; init; }

    public RolloutPhase Phase { get; init; }

    /// <summary>Why it stands where it stands; empty while it runs, when <see cref="RolloutReason"/> tells it from the targets.</summary>
    public string Reason { get; init; } = "";

    public required ImmutableArray<WaveSpec> Waves { get; init; }

    /// <summary>The wave it is at; the number of waves when all are done.</summary>
    public int Wave { get; init; }

    /// <summary>Since when every host of the wave has reported; null while some have not.</summary>
    public DateTimeOffset? BakingSince { get; init; }

    /// <summary>The hosts, in the order in which they were split into waves; those that came later follow.</summary>
    public ImmutableArray<RolloutTargetState> Targets { get; init; } = [];

    /// <summary>
    /// A rollout at its beginning: hosts cut into waves by percent, live ones first and then by name. A first wave of hosts that do not answer would
    /// try nothing.
    /// </summary>
    public static RolloutState Begin(string policy, int revision, ImmutableArray<WaveSpec> waves, IEnumerable<HostNow> hosts)
    {
        List<HostNow> ordered = [.. hosts
            .Where(host => host.Out is null && (host.Selected || host.Desired is not null))
            .OrderBy(host => !host.Live).ThenBy(host => host.Name, StringComparer.Ordinal).ThenBy(host => host.Host.Value)];
        return new RolloutState
        {
            Policy = policy,
            Revision = revision,
            Waves = waves,
            Targets = [.. ordered.Select((host, index) => new RolloutTargetState
            {
                Host = host.Host,
                Name = host.Name,
                Wanted = host.Selected,
                Wave = WaveSplit.WaveOf(index, ordered.Count, waves),
            })],
        };
    }
}
