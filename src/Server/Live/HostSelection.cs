using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Domain.Rollouts;

namespace Fleet.Server.Live;

/// <summary>The fleet as one policy sees it.</summary>
internal sealed class HostSelection(HostDirectory directory, FleetViews views, ContentionReader contention)
{
    /// <summary>Brings what selectors may ask of contention up to date; request handlers have it done before they run.</summary>
    public Task RefreshAsync(CancellationToken ct) => contention.RefreshAsync(ct);

    public int Count(Selector hosts) => views.Hosts().Count(host => hosts.Matches(Selectables.Of(host)));

    /// <summary>Every host, with what a rollout of the policy needs to know of it.</summary>
    public IReadOnlyDictionary<HostId, HostNow> Of(string policy, Selector hosts)
    {
        Dictionary<HostId, HostNow> all = [];
        foreach (HostView view in views.Hosts())
        {
            if (directory.TryGet(view.Id, out HostRecord? host))
            {
                all.Add(host.Id, Of(host, view, policy, hosts.Matches(Selectables.Of(view))));
            }
        }

        return all;
    }

    /// <summary>Begins to ask of hosts one by one.</summary>
    public Asked Ask() => new(directory, views);

    /// <summary>A selector that has been stored; it was checked when it was.</summary>
    public static Selector Stored(string text) => Selector.TryParse(text, out Selector? selector, out SelectorError? error)
        ? selector
        : throw new InvalidOperationException($"The stored selector '{text}' is not understood by this version: {error.Value.Message}");

    private static HostNow Of(HostRecord host, HostView view, string policy, bool selected) => new()
    {
        Host = host.Id,
        Name = host.Name,
        Selected = selected,
        Desired = host.Desired.TryGetValue(policy, out int desired) ? desired : null,
        Reported = host.Applied.FirstOrDefault(applied => applied.Name == policy)?.Revision,
        Generation = host.Generation,
        ReportedGeneration = host.State?.Generation ?? 0,
        ReportedAt = host.StateAt,
        Rejected = host.State?.Rejected,
        RejectedGeneration = host.State?.RejectedGeneration,
        Live = view.State is HostStates.Live,
        Out = HostStates.Of(host.Access.State) is { } state ? $"the host is {state}: {host.Access.Reason}"
            : view.ReplacedBy is { } later ? $"the host joined again as {later.Name} ({later.Id})"
            : null,
    };

    /// <summary>Hosts as they are now, each looked at once however many selectors ask.</summary>
    internal sealed class Asked(HostDirectory directory, FleetViews views)
    {
        private readonly Dictionary<HostId, ISelectable> _selectables = [];

        public IEnumerable<HostRecord> Hosts => directory.Hosts;

        public bool Selects(Selector hosts, HostRecord host)
        {
            if (!_selectables.TryGetValue(host.Id, out ISelectable? selectable))
            {
                _selectables[host.Id] = selectable = Selectables.Of(views.Preview(host));
            }

            return hosts.Matches(selectable);
        }
    }
}
