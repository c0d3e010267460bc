namespace Fleet.Server.Http;

/// <summary>
/// Finds one page of a list in an order, without sorting the rest: it keeps as many of the items offered as a page has, so a look at a hundred thousand
/// costs their values, and the keys of those alone that a value does not tell apart.
/// </summary>
/// <param name="sorting">The order.</param>
/// <param name="size">Items a page.</param>
/// <param name="after">Where the page before ended; null for the first.</param>
/// <param name="afterGroup">The group in which that was.</param>
/// <param name="key">An item's place in the list's own order; unique.</param>
internal sealed class SortedPage<T>(Sorting<T> sorting, int size, SortCursor? after, int afterGroup, Func<T, string> key)
{
    private readonly PriorityQueue<Entry, Entry> _best = new(new WorstFirst(sorting.Descending, key));

    /// <summary>Looks at an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="group">Where its group stands in the list's own order: of two of one value, the one of the earlier group is before the other.</param>
    public void Offer(T item, int group)
    {
        Entry entry = new(item, sorting.By(item), group);
        if (!IsAfter(entry))
        {
            return;
        }

        if (_best.Count <= size)
        {
            _best.Enqueue(entry, entry);
        }
        else if (_best.Comparer.Compare(entry, _best.Peek()) > 0)
        {
            _best.EnqueueDequeue(entry, entry);
        }
    }

    /// <summary>The page, and the cursor to the next; null where there is none.</summary>
    public (IReadOnlyList<T> Items, string? Next) Take()
    {
        List<Entry> entries = [.. _best.UnorderedItems.Select(item => item.Element)];
        entries.Sort((left, right) => -_best.Comparer.Compare(left, right));
        if (entries.Count <= size)
        {
            return ([.. entries.Select(entry => entry.Item)], null);
        }

        Entry last = entries[size - 1];
        return ([.. entries.Take(size).Select(entry => entry.Item)], new SortCursor(sorting.Name, last.Value, key(last.Item)).Encode());
    }

    private bool IsAfter(Entry entry)
    {
        if (after is null)
        {
            return true;
        }

        int order = entry.Value.CompareTo(after.Value, sorting.Descending);
        order = order is 0 ? entry.Group.CompareTo(afterGroup) : order;
        return order is 0 ? string.CompareOrdinal(key(entry.Item), after.Key) > 0 : order > 0;
    }

    private readonly record struct Entry(T Item, SortValue Value, int Group);

    private sealed class WorstFirst(bool descending, Func<T, string> key) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y)
        {
            int order = x.Value.CompareTo(y.Value, descending);
            order = order is 0 ? x.Group.CompareTo(y.Group) : order;
            return -(order is 0 ? string.CompareOrdinal(key(x.Item), key(y.Item)) : order);
        }
    }
}
