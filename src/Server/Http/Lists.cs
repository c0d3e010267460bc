using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Server.Http;

/// <summary>Paging of lists that are in memory: the cursor holds the key of the last item, so that changes between pages skip or repeat nothing else.</summary>
internal static class Lists
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>One page of items that are ordered by <paramref name="key"/> (ordinal).</summary>
    public static Page<TView> Page<TItem, TView>(
        IReadOnlyList<TItem> ordered, Func<TItem, string> key, Func<TItem, TView> view, int limit, string? after)
    {
        IEnumerable<TItem> rest = after is null ? ordered : ordered.Where(item => string.CompareOrdinal(key(item), after) > 0);
        List<TItem> taken = rest.Take(limit + 1).ToList();
        bool more = taken.Count > limit;
        return new Page<TView>(
            taken.Take(limit).Select(view).ToList(), more ? Encode(key(taken[limit - 1])) : null, ordered.Count);
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

        if (cursor.Length > 512 || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return true;
    }

    /// <summary>Checks limit and cursor, which every list has.</summary>
    /// <returns>Null when they are right; else what is wrong.</returns>
    public static string? Check(int? limit, string? cursor, out string? after)
    {
        if (!TryDecode(cursor, out after))
        {
            return "cursor is not one that this server gave out; begin again without it.";
        }

        return limit is < 1 or > MaxLimit
            ? string.Create(CultureInfo.InvariantCulture, $"limit is {limit}; it must be 1 to {MaxLimit}.")
            : null;
    }
}
