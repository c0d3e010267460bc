using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>
/// Which hosts are not as they were at the last look, as far as a rollout can tell. A record that is the same object costs a comparison, a heartbeat some.
/// </summary>
internal sealed class HostLook(HostDirectory directory)
{
    private Dictionary<HostId, HostRecord> _seen = [];

    /// <summary>Hosts that changed, came or went since the last call; null in place of the record of one that went.</summary>
    public IReadOnlyList<(HostId Host, HostRecord? Now)> Changes()
    {
        List<(HostId, HostRecord?)> changes = [];
        Dictionary<HostId, HostRecord> now = new(directory.Count);
        foreach (HostRecord host in directory.Hosts)
        {
            now[host.Id] = host;
            if (!_seen.TryGetValue(host.Id, out HostRecord? before) || (!ReferenceEquals(before, host) && Differ(before, host)))
            {
                changes.Add((host.Id, host));
            }
        }

        changes.AddRange(_seen.Keys.Where(id => !now.ContainsKey(id)).Select(id => (id, (HostRecord?)null)));
        _seen = now;
        return changes;
    }

    // All that selectors ask of a record, and all that the planner does. That a report came again counts where it says why it was not done.
    private static bool Differ(HostRecord before, HostRecord now) =>
        before.Name != now.Name
        || before.Access != now.Access
        || before.Labels != now.Labels
        || before.Hello != now.Hello
        || before.Inventory != now.Inventory
        || before.Desired != now.Desired
        || before.State?.Generation != now.State?.Generation
        || before.State?.Rejected != now.State?.Rejected
        || (now.State?.Rejected is not null && before.StateAt != now.StateAt)
        || !before.Applied.Select(Fact).SequenceEqual(now.Applied.Select(Fact));

    private static (string, int) Fact(AppliedPolicy policy) => (policy.Name, policy.Revision);
}
