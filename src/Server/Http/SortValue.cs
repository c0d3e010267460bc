using System.Globalization;

namespace Fleet.Server.Http;

/// <summary>What an item is ordered by: a number, a text, or nothing that is known.</summary>
internal readonly record struct SortValue
{
    // As much of a text as a cursor carries. Texts that are alike so far are ordered by where their items stand.
    private const int MostText = 128;

    private SortValue(string? text, long? number) => (Text, Number) = (text, number);

    private string? Text { get; }

    private long? Number { get; }

    private bool Known => Text is not null || Number is not null;

    // Not in the middle of a character: half of one would come back as another.
    public static SortValue Of(string? text) =>
        new(text?.Length > MostText ? text[..(char.IsHighSurrogate(text[MostText - 1]) ? MostText - 1 : MostText)] : text, null);

    public static SortValue Of(long? number) => new(null, number);

    public static SortValue Of(DateTimeOffset? time) => new(null, time?.UtcTicks);

    /// <summary>The order of two values; what is not known comes last, whichever way.</summary>
    public int CompareTo(SortValue other, bool descending)
    {
        if (!Known || !other.Known)
        {
            return other.Known.CompareTo(Known);
        }

        int order = Text is null ? Nullable.Compare(Number, other.Number) : string.CompareOrdinal(Text, other.Text);
        return descending ? -order : order;
    }

    public override string ToString() => Number is { } number ? "n" + number.ToString(CultureInfo.InvariantCulture) : Text is null ? "" : "t" + Text;

    public static bool TryParse(string text, out SortValue value)
    {
        value = default;
        if (text is ['n', .. string digits])
        {
            bool number = long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed);
            value = Of(parsed);
            return number;
        }

        value = text is ['t', .. string rest] ? Of(rest) : default;
        return text is "" or ['t', ..];
    }
}
