using System.Text;

namespace Fleet.Web.Text;

/// <summary>
/// Reads and writes single terms of a filter that is a plain conjunction ("host:r12-* and driver:nvme").
/// What is not such a term (or, not, parentheses, bare words) is kept as it stands.
/// </summary>
public static class FilterText
{
    /// <summary>Value of the field's term; null when the filter has none.</summary>
    public static string? Get(string? filter, string field)
    {
        foreach (string term in TermsOf(filter))
        {
            if (IsOf(term, field))
            {
                return Unquote(term[(field.Length + 1)..]);
            }
        }

        return null;
    }

    /// <summary>The filter with the field's term replaced, added, or taken out when the value is empty.</summary>
    public static string Set(string? filter, string field, string? value)
    {
        List<string> terms = [.. TermsOf(filter)];
        int at = terms.FindIndex(t => IsOf(t, field));
        if (at >= 0)
        {
            terms.RemoveAt(at);
        }

        if (string.IsNullOrWhiteSpace(value))
        {
            return string.Join(" and ", terms);
        }

        for (int i = 0; i < terms.Count; i++)
        {
            // "a or b" beside a new term would bind otherwise than it reads.
            if (HasOr(terms[i]))
            {
                terms[i] = $"({terms[i]})";
            }
        }

        terms.Insert(at >= 0 ? at : terms.Count, $"{field}:{Quote(value.Trim())}");
        return string.Join(" and ", terms);
    }

    /// <summary>One term.</summary>
    public static string Term(string field, string value) => $"{field}:{Quote(value)}";

    internal static string Quote(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '*' or '?' or '_' or '/' or '@')
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Unquote(string value) =>
        value is ['"', .., '"'] ? value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal) : value;

    private static bool IsOf(string term, string field) =>
        term.Length > field.Length && term[field.Length] == ':' && term.StartsWith(field, StringComparison.Ordinal) && !HasOr(term);

    private static bool HasOr(string term) => PartsOf(term, " or ").Count > 1;

    private static List<string> TermsOf(string? filter) => string.IsNullOrWhiteSpace(filter) ? [] : PartsOf(filter.Trim(), " and ");

    /// <summary>Splits at the word, outside quotes and parentheses.</summary>
    private static List<string> PartsOf(string text, string word)
    {
        List<string> parts = [];
        StringBuilder part = new();
        int depth = 0;
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            quoted ^= c == '"' && (i == 0 || text[i - 1] != '\\');
            depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
            if (!quoted && depth == 0 && string.CompareOrdinal(text, i, word, 0, word.Length) == 0)
            {
                parts.Add(part.ToString().Trim());
                part.Clear();
                i += word.Length - 1;
                continue;
            }

            part.Append(c);
        }

        parts.Add(part.ToString().Trim());
        return parts;
    }
}
