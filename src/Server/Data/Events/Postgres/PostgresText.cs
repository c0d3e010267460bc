namespace Fleet.Server.Data.Events.Postgres;

/// <summary>Texts as PostgreSQL can hold them.</summary>
internal static class PostgresText
{
    /// <summary>
    /// The text with a replacement character for what no text of PostgreSQL may hold: NUL, and halves of surrogate pairs. Agents report
    /// names of programs as they find them, and one strange name must not keep its whole batch from being stored.
    /// </summary>
    public static string Storable(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains('\0')
        ? text
        : string.Concat(text.EnumerateRunes().Select(rune => rune.Value is 0 ? "\uFFFD" : rune.ToString()));
}
