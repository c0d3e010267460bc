namespace Fleet.Server.Data.Events;

/// <summary>Texts as they come back from where they are stored.</summary>
internal static class StorableText
{
    /// <summary>
    /// The text with a replacement character for what no stored text may hold: NUL, and halves of surrogate pairs. Agents report names of programs as they
    /// find them; one strange name must not keep its whole batch from being stored, and two that are stored alike must be one.
    /// </summary>
    public static string Of(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains('\0')
        ? text
        : string.Concat(text.EnumerateRunes().Select(rune => rune.Value is 0 ? "\uFFFD" : rune.ToString()));
}
