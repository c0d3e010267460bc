namespace Fleet.Server.Http;

/// <summary>Where a page in an order ended: the last item's value, and where it stands among those of the same.</summary>
/// <param name="Sort">The order it belongs to.</param>
/// <param name="Value">The value.</param>
/// <param name="Key">Its place in the list's own order.</param>
internal sealed record SortCursor(string Sort, SortValue Value, string Key)
{
    // No key and no name has it.
    private const char Mark = '\u0001';

    public string Encode() => Lists.Encode($"{Mark}{Sort}{Mark}{Value}{Mark}{Key}");

    /// <summary>Reads what a cursor says.</summary>
    /// <param name="text">The cursor, decoded; null for the first page.</param>
    /// <param name="sort">The order that is asked for; null for the list's own.</param>
    /// <param name="cursor">Null for the first page, and for one in the list's own order.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? Read(string? text, string? sort, out SortCursor? cursor)
    {
        cursor = null;
        if (text is null)
        {
            return null;
        }

        string[] parts = text.Split(Mark, 4);
        string? given = parts is ["", var name, _, _] ? name : null;
        if (given != sort)
        {
            return $"cursor was given out for {(given is null ? "the list's own order" : $"sort={given}")}, not for {(sort is null ? "that" : $"sort={sort}")}; begin again without it.";
        }

        if (given is null)
        {
            return null;
        }

        if (!SortValue.TryParse(parts[2], out SortValue value))
        {
            return "cursor is not one that this server gave out; begin again without it.";
        }

        cursor = new SortCursor(given, value, parts[3]);
        return null;
    }
}
