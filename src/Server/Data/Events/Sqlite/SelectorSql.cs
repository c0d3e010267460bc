using System.Globalization;
using System.Text;
using Fleet.Policy;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// Turns a selector into a condition on columns that selects at least what the selector does. Whatever has no exact or wider form in SQL
/// becomes "anything", and the selector itself looks at each row again; so SQL decides what is read, never what is answered.
/// </summary>
internal sealed class SelectorSql
{
    private const string Anything = "1";
    private static readonly Dictionary<string, string> TextColumns = new()
    {
        ["kind"] = "kind",
        ["function"] = "function",
        ["address"] = "function",
        ["comm"] = "comm",
        ["exe"] = "exe",
        ["decision"] = "decision",
        ["operation"] = "operation",
        ["holder"] = "holder",
        ["source"] = "source",
        ["feature"] = "feature",
    };

    private static readonly Dictionary<string, string> NumberColumns = new()
    {
        ["pid"] = "pid",
        ["uid"] = "uid",
        ["offset"] = "offset",
        ["length"] = "length",
        ["count"] = "count",
    };

    private readonly List<object> _values = [];

    public static SqlCondition Translate(EventFilter filter)
    {
        SelectorSql sql = new();
        StringBuilder text = new(sql.Node(filter.Selector.Root));
        if (filter.Since is { } from)
        {
            text.Append(" AND time >= ").Append(sql.Value(StoreTime.Microseconds(from)));
        }

        if (filter.Until is { } to)
        {
            text.Append(" AND time <= ").Append(sql.Value(StoreTime.Microseconds(to)));
        }

        return new SqlCondition(text.ToString(), sql._values);
    }

    private string Node(SelectorNode node) => node switch
    {
        AndNode and => $"({Node(and.Left)} AND {Node(and.Right)})",
        OrNode or => Or(or),
        TermNode term => Term(term),
        _ => Anything, // "not" of a wider condition would be a narrower one.
    };

    private string Or(OrNode or)
    {
        int before = _values.Count;
        string left = Node(or.Left);
        string right = Node(or.Right);
        if (left is Anything || right is Anything)
        {
            _values.RemoveRange(before, _values.Count - before);
            return Anything;
        }

        return $"({left} OR {right})";
    }

    private string Term(TermNode term)
    {
        if (term.Operator is SelectorOperator.Equal && term.Field is "host" or "hostname" && Like(term) is { } host)
        {
            string value = Value(host);
            return $"host IN (SELECT key FROM hosts WHERE name LIKE {value} ESCAPE '\\' OR id LIKE {value} ESCAPE '\\')";
        }

        if (term.Operator is SelectorOperator.Equal && TextColumns.TryGetValue(term.Field, out string? column) && Like(term) is { } pattern)
        {
            return $"{column} LIKE {Value(pattern)} ESCAPE '\\'";
        }

        if (NumberColumns.TryGetValue(term.Field, out column) && Sign(term.Operator) is { } sign && Number(term.Value) is { } number)
        {
            return $"{column} {sign} {Value(number)}";
        }

        return Anything;
    }

    private string Value(object value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"$p{_values.Count - 1}");
    }

    private static string? Sign(SelectorOperator @operator) => @operator switch
    {
        SelectorOperator.Equal => "=",
        SelectorOperator.Less => "<",
        SelectorOperator.LessOrEqual => "<=",
        SelectorOperator.Greater => ">",
        SelectorOperator.GreaterOrEqual => ">=",
        _ => null,
    };

    private static long? Number(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) && hex >= 0 ? hex : null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    // LIKE ignores the case of ASCII letters alone, and a selector ignores that of all: other text is left to the selector.
    // A hexadecimal text may also equal a number by value, which LIKE does not know.
    private static string? Like(TermNode term)
    {
        if (!Ascii.IsValid(term.Value) || term.Value.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string escaped = term.Value.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");
        return term.IsGlob ? escaped.Replace('*', '%').Replace('?', '_') : escaped;
    }
}
