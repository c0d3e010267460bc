using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fleet.Server.Live.News;

/// <summary>
/// Notices as texts that PostgreSQL carries: the server that sends them on the first line, then one notice a line, the kind and its key. A text is shorter
/// than the 8000 bytes that NOTIFY takes.
/// </summary>
internal static class NewsText
{
    private const int MostBytes = 7900;
    private const int LongestKey = 200;

    public static IReadOnlyList<string> Write(string server, IEnumerable<Notice> notices)
    {
        List<string> texts = [];
        StringBuilder text = new(server);
        foreach (Notice notice in notices)
        {
            // Keys are ids of ours, in ASCII: a character is a byte.
            string key = notice.Key.Length <= LongestKey && Ascii.IsValid(notice.Key) ? notice.Key : throw new ArgumentException($"'{notice.Key}' is no key of news.");
            string line = $"\n{notice.Kind.ToString().ToLowerInvariant()} {key}";
            if (text.Length + line.Length > MostBytes)
            {
                texts.Add(text.ToString());
                text = new StringBuilder(server);
            }

            text.Append(line);
        }

        texts.Add(text.ToString());
        return texts;
    }

    /// <summary>Reads a text; kinds that this version does not know come as <see cref="NewsKind.Unknown"/>.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? server, out IReadOnlyList<Notice> notices)
    {
        string[] lines = text.Split('\n');
        server = lines[0].Length is > 0 and <= 64 ? lines[0] : null;
        notices = server is null ? [] : [.. lines.Skip(1).Select(Read)];
        return server is not null;
    }

    private static Notice Read(string line)
    {
        string[] parts = line.Split(' ', 2);
        bool known = Enum.TryParse(parts[0], ignoreCase: true, out NewsKind kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(parts[0].FirstOrDefault());
        return new Notice(known ? kind : NewsKind.Unknown, parts.Length is 2 ? parts[1] : "");
    }
}
