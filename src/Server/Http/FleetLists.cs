using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Http;

/// <summary>
/// Lists of what hosts have, host by host in their order: without a filter a page costs what is on it, however many hosts there are; with one each item
/// is looked at once, and nothing is sorted but what one host has.
/// </summary>
internal static class FleetLists
{
    /// <param name="request">Filter and page.</param>
    /// <param name="fields">What may be filtered by.</param>
    /// <param name="hosts">The hosts in the order of lists.</param>
    /// <param name="count">How many items a host has.</param>
    /// <param name="items">They themselves, in any order.</param>
    /// <param name="selectable">An item as filters see it.</param>
    /// <param name="key">Where an item stands; begins with its host's.</param>
    public static Results<Ok<Page<T>>, ProblemHttpResult> Answer<T>(
        ListRequest request,
        IReadOnlyList<string> fields,
        ImmutableSortedSet<HostPlace> hosts,
        Func<HostId, int> count,
        Func<HostId, IEnumerable<T>> items,
        Func<T, ISelectable> selectable,
        Func<T, string> key)
    {
        if (Lists.Check(request.Limit, Lists.MaxLimit, request.Cursor, out string? after) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (!Selector.TryParse(request.Q, fields, out Selector? selector, out SelectorError? error))
        {
            return Problems.InvalidFilter(error.Value.Position, error.Value.Message);
        }

        bool all = string.IsNullOrWhiteSpace(request.Q);
        int limit = request.Limit ?? Lists.DefaultLimit;
        int first = FirstOf(hosts, after);
        List<(string Key, T Item)> page = [];
        int total = 0;
        int at = 0;
        foreach (HostPlace host in hosts)
        {
            bool shown = at++ >= first && page.Count <= limit;
            if (all && !shown)
            {
                total += count(host.Id);
                continue;
            }

            List<T> matching = [.. items(host.Id).Where(item => all || selector.Matches(selectable(item)))];
            total += matching.Count;
            if (shown)
            {
                page.AddRange(matching.Select(item => (Key: key(item), item)).Where(entry => after is null || string.CompareOrdinal(entry.Key, after) > 0)
                    .OrderBy(entry => entry.Key, StringComparer.Ordinal));
            }
        }

        string? next = page.Count > limit ? Lists.Encode(page[limit - 1].Key) : null;
        return TypedResults.Ok(new Page<T>([.. page.Take(limit).Select(entry => entry.Item)], next, total));
    }

    // The host that the cursor's item is of, or the one that stands where it stood.
    private static int FirstOf(ImmutableSortedSet<HostPlace> hosts, string? after)
    {
        if (after?.Split('\0') is not [var name, var id, ..] || !HostId.TryParse(id, out HostId host))
        {
            return 0;
        }

        int index = hosts.IndexOf(new HostPlace(name, host, ""));
        return index < 0 ? ~index : index;
    }
}
