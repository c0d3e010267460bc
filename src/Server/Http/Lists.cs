using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http.Filters;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Http;

/// <summary>Paging of lists that are in memory: the cursor holds the key of the last item, so that changes between pages skip or repeat nothing else.</summary>
internal static class Lists
{
    public const int DefaultLimit = 500;
    public const int MaxLimit = 5000;

    // The longest name of a host, a value of an order, and an address, in base64.
    private const int LongestCursor = 2_048;

    /// <summary>Answers a list that is in memory: parses the filter, applies it, cuts the page.</summary>
    public static Results<Ok<Page<T>>, ProblemHttpResult> Answer<T>(
        ListRequest request, FilterFields fields, IEnumerable<T> items, Func<T, ISelectable> selectable, Func<T, string> key)
    {
        if (Check(request.Limit, MaxLimit, request.Cursor, out string? after) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (!fields.TryParse(request.Q, out Selector? selector, out ProblemHttpResult? problem))
        {
            return problem;
        }

        List<(string Key, T Item)> matching = items.Where(item => selector.Matches(selectable(item))).Select(item => (key(item), item)).ToList();
        matching.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        int limit = request.Limit ?? DefaultLimit;
        List<(string Key, T Item)> rest = matching.SkipWhile(entry => after is not null && string.CompareOrdinal(entry.Key, after) <= 0).Take(limit + 1).ToList();
        string? next = rest.Count > limit ? Encode(rest[limit - 1].Key) : null;
        return TypedResults.Ok(new Page<T>([.. rest.Take(limit).Select(entry => entry.Item)], next, matching.Count));
    }

    /// <summary>The same for a list that can be put into an order.</summary>
    public static Results<Ok<Page<T>>, ProblemHttpResult> Answer<T>(
        SortedRequest request, FilterFields fields, IEnumerable<T> items, Func<T, ISelectable> selectable, Func<T, string> key, SortColumns<T> columns)
    {
        if (!columns.TryParse(request.Sort, out Sorting<T>? sorting, out string? unknown))
        {
            return Problems.Invalid(unknown);
        }

        if (Check(request.Limit, MaxLimit, request.Cursor, out string? after) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        if (SortCursor.Read(after, sorting?.Name, out SortCursor? cursor) is { } foreign)
        {
            return Problems.Invalid(foreign);
        }

        if (sorting is null)
        {
            return Answer(request.Plain, fields, items, selectable, key);
        }

        if (!fields.TryParse(request.Q, out Selector? selector, out ProblemHttpResult? problem))
        {
            return problem;
        }

        SortedPage<T> page = new(sorting, request.Limit ?? DefaultLimit, cursor, 0, key);
        int total = 0;
        foreach (T item in items.Where(item => selector.Matches(selectable(item))))
        {
            total++;
            page.Offer(item, 0);
        }

        (IReadOnlyList<T> found, string? next) = page.Take();
        return TypedResults.Ok(new Page<T>(found, next, total));
    }

    /// <summary>
    /// A page of rows that are few and come from the database: in another order than its own all of them are read. Their names sort alike on every
    /// database then, which collations do not.
    /// </summary>
    public static (IReadOnlyList<T> Items, string? Next) Page<T>(IEnumerable<T> items, Sorting<T> sorting, SortCursor? after, int limit, Func<T, string> key)
    {
        SortedPage<T> page = new(sorting, limit, after, 0, key);
        foreach (T item in items)
        {
            page.Offer(item, 0);
        }

        return page.Take();
    }

    public static string Encode(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <summary>Reads a cursor of <see cref="Encode"/>.</summary>
    /// <returns>False when it is not one.</returns>
    public static bool TryDecode(string? cursor, out string? key)
    {
        key = null;
        if (cursor is null)
        {
            return true;
        }

        if (cursor.Length > LongestCursor || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return true;
    }

    /// <summary>Checks limit and cursor, which every list has.</summary>
    /// <returns>Null when they are right; else what is wrong.</returns>
    public static string? Check(int? limit, int most, string? cursor, out string? after)
    {
        if (!TryDecode(cursor, out after))
        {
            return "cursor is not one that this server gave out; begin again without it.";
        }

        return limit < 1 || limit > most ? string.Create(CultureInfo.InvariantCulture, $"limit is {limit}; it must be 1 to {most}.") : null;
    }
}
