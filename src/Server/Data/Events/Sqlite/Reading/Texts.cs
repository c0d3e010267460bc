using System.Text;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>Texts read from rows, each made once: sums of an hour say the same few hundred names a hundred thousand times.</summary>
internal sealed class Texts
{
    private const int Most = 10_000;
    private const int LongestKept = 256;
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestKept)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        Span<char> text = stackalloc char[LongestKept];
        text = text[..Encoding.UTF8.GetChars(utf8, text)];
        if (!_texts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out string? known))
        {
            known = new string(text);
            if (_texts.Count < Most)
            {
                _texts.Add(known);
            }
        }

        return known;
    }
}
