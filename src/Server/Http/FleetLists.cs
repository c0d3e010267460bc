using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Http;

/// <summary>
/// Lists of what hosts have, host by host in their order: without a filter a page costs what is on it, however many hosts there are; with one each item
/// is looked at once, and nothing is sorted but what one host has. In another order each item's value is looked at, and views are made of the page alone.
/// </summary>
internal static class FleetLists
{
    public static Results<Ok<Page<TView>>, ProblemHttpResult> Answer<TEntry, TView>(SortedRequest request, FleetViews views, FleetList<TEntry, TView> list)
    {
        if (Lists.Check(request.Limit, Lists.MaxLimit, request.Cursor, out string? after) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (!list.Columns.TryParse(request.Sort, out Sorting<TEntry>? sorting, out string? unknown))
        {
            return Problems.Invalid(unknown);
        }

        if (SortCursor.Read(after, sorting?.Name, out SortCursor? cursor) is { } foreign)
        {
            return Problems.Invalid(foreign);
        }

        if (!list.Fields.TryParse(request.Q, out Selector? selector, out ProblemHttpResult? problem))
        {
            return problem;
        }

        Selector? filter = string.IsNullOrWhiteSpace(request.Q) ? null : selector;
        int limit = request.Limit ?? Lists.DefaultLimit;
        return TypedResults.Ok(sorting is null ? InPlace(views, list, filter, limit, after) : Sorted(views, list, filter, limit, sorting, cursor));
    }

    private static Page<TView> InPlace<TEntry, TView>(FleetViews views, FleetList<TEntry, TView> list, Selector? filter, int limit, string? after)
    {
        ImmutableSortedSet<HostPlace> hosts = views.Order;
        int first = FirstOf(hosts, after);
        List<(string Key, TView View)> page = [];
        int total = 0;
        int at = 0;
        foreach (HostPlace place in hosts)
        {
            bool shown = at++ >= first && page.Count <= limit;
            if (views.Record(place.Id) is not { } host)
            {
                continue;
            }

            if (filter is null && !shown)
            {
                total += list.Count(host);
                continue;
            }

            List<(TEntry Entry, TView View)> matching =
                [.. list.Entries(views, host).Select(entry => (entry, View: list.View(entry))).Where(item => filter?.Matches(list.Selectable(item.View)) is not false)];
            total += matching.Count;
            if (shown)
            {
                page.AddRange(matching.Select(item => (Key: list.Key(item.Entry), item.View)).Where(item => after is null || string.CompareOrdinal(item.Key, after) > 0)
                    .OrderBy(item => item.Key, StringComparer.Ordinal));
            }
        }

        string? next = page.Count > limit ? Lists.Encode(page[limit - 1].Key) : null;
        return new Page<TView>([.. page.Take(limit).Select(item => item.View)], next, total);
    }

    private static Page<TView> Sorted<TEntry, TView>(
        FleetViews views, FleetList<TEntry, TView> list, Selector? filter, int limit, Sorting<TEntry> sorting, SortCursor? cursor)
    {
        ImmutableSortedSet<HostPlace> hosts = views.Order;
        SortedPage<TEntry> page = new(sorting, limit, cursor, FirstOf(hosts, cursor?.Key), list.Key);
        int total = 0;
        int at = 0;
        foreach (HostPlace place in hosts)
        {
            int group = at++;
            if (views.Record(place.Id) is not { } host)
            {
                continue;
            }

            foreach (TEntry entry in list.Entries(views, host))
            {
                if (filter?.Matches(list.Selectable(list.View(entry))) is not false)
                {
                    total++;
                    page.Offer(entry, group);
                }
            }
        }

        (IReadOnlyList<TEntry> items, string? next) = page.Take();
        return new Page<TView>([.. items.Select(list.View)], next, total);
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
