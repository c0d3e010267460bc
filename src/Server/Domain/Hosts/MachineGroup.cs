using Fleet.Contracts;

namespace Fleet.Server.Domain.Hosts;

/// <summary>
/// The hosts that have one machine id, told apart by when they were seen. Two that were there at the same time are two machines with one id (a cloned image);
/// one that fell silent before the other joined is the same machine, which lost its key and joined again. In time linear in the number of hosts:
/// an image that was cloned a thousand times must not cost a million comparisons.
/// </summary>
internal sealed class MachineGroup
{
    // How long a connection that has ended may still be taken for a living one.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    // After so long without a sign a host does not stand in anybody's way any more.
    private static readonly TimeSpan Active = TimeSpan.FromDays(1);
    private readonly Dictionary<HostId, HostId> _replacedBy = [];
    private readonly Dictionary<HostId, HostId> _replaces = [];
    private readonly HashSet<HostId> _twins;

    public MachineGroup(IEnumerable<MachineMember> members, DateTimeOffset now)
    {
        List<MachineMember> ordered = [.. members.OrderBy(member => member.Joined).ThenBy(member => member.Host.Value)];
        List<MachineMember> active = [.. ordered.Where(member => member.Admitted && member.Seen > now - Active)];
        DateTimeOffset seenBefore = DateTimeOffset.MinValue;
        for (int i = 0; i < active.Count; i++)
        {
            bool before = seenBefore > active[i].Joined + Slack || (i > 0 && seenBefore >= now);
            bool after = i + 1 < active.Count && (active[i].Seen > active[i + 1].Joined + Slack || active[i].Seen >= now);
            if (before || after)
            {
                Twins.Add(active[i].Host);
            }

            seenBefore = active[i].Seen > seenBefore ? active[i].Seen : seenBefore;
        }

        _twins = [.. Twins];
        MachineMember? newest = null;
        for (int i = ordered.Count - 1; i >= 0; i--)
        {
            MachineMember member = ordered[i];
            if (newest is { } later && !_twins.Contains(member.Host) && later.Seen > member.Seen)
            {
                _replacedBy[member.Host] = later.Host;
                _replaces.TryAdd(later.Host, member.Host);
            }

            newest ??= member.Admitted ? member : null;
        }
    }

    /// <summary>Those of which at least one other was there at the same time, in the order in which they joined.</summary>
    public List<HostId> Twins { get; } = [];

    public bool IsTwin(HostId host) => _twins.Contains(host);

    /// <summary>As which host the machine joined again; null for none.</summary>
    public HostId? ReplacedBy(HostId host) => _replacedBy.TryGetValue(host, out HostId later) ? later : null;

    /// <summary>The last host that this one replaces; null for none.</summary>
    public HostId? Replaces(HostId host) => _replaces.TryGetValue(host, out HostId earlier) ? earlier : null;
}
