using Fleet.Policy;
using Fleet.Server.Http.Filters;
using Fleet.Server.Live;

namespace Fleet.Server.Http;

/// <summary>A list of something that hosts have.</summary>
/// <typeparam name="TEntry">An item as it is in memory, which costs nothing.</typeparam>
/// <typeparam name="TView">An item as the API shows it.</typeparam>
internal sealed record FleetList<TEntry, TView>
{
    /// <summary>What may be filtered by.</summary>
    public required FilterFields Fields { get; init; }

    /// <summary>How many items a host has.</summary>
    public required Func<HostRecord, int> Count { get; init; }

    /// <summary>They themselves, in any order.</summary>
    public required Func<FleetViews, HostRecord, IEnumerable<TEntry>> Entries { get; init; }

    public required Func<TEntry, TView> View { get; init; }

    /// <summary>An item as filters see it.</summary>
    public required Func<TView, ISelectable> Selectable { get; init; }

    /// <summary>Where an item stands; begins with its host's.</summary>
    public required Func<TEntry, string> Key { get; init; }

    /// <summary>What it can be ordered by instead.</summary>
    public required SortColumns<TEntry> Columns { get; init; }
}
