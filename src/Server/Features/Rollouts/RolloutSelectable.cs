using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http.Filters;

namespace Fleet.Server.Features.Rollouts;

/// <summary>What the filter of the list of rollouts can ask about.</summary>
internal sealed class RolloutSelectable(RolloutView rollout) : ISelectable
{
    public static readonly FilterFields Fields = new FilterFields(["id", "policy", "revision", "phase", "author", "host"])
        .Words<RolloutPhase>("phase").Numbers("revision");

    public bool Knows(string field) => Fields.Names.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => field switch
    {
        "id" => [rollout.Id],
        "policy" => [rollout.Policy],
        "revision" => [rollout.Revision.ToString(CultureInfo.InvariantCulture)],
        "phase" => [rollout.Phase.ToString().ToLowerInvariant()],
        "author" => [rollout.Author],
        "host" => rollout.Waves.SelectMany(wave => wave.Hosts).SelectMany(target => new[] { target.HostName, target.Host.ToString() }),
        "any" => [rollout.Policy, rollout.Reason, rollout.Author],
        _ => [],
    };
}
