using System.Globalization;
using System.Text;
using Fleet.Policy;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>
/// How a filter is answered from one file: which rows to look at, and a condition on their columns. Both let through at least what the
/// selector selects: whatever they cannot say becomes "anything", and the selector itself looks at each row again. So the plan decides
/// what is read, never what is answered.
/// </summary>
internal sealed class FilterPlan : IDisposable
{
    private const string Anything = "1";
    private const int MostSources = 64;
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

    private readonly CodeLookup _codes;
    private readonly SqliteConnection _file;

    private FilterPlan(SqliteConnection file, EventFilter filter)
    {
        _file = file;
        _codes = new CodeLookup(file);
        StringBuilder condition = new(Condition(filter.Selector.Root));
        if (filter.Since is { } from)
        {
            condition.Append(CultureInfo.InvariantCulture, $" AND time >= {StoreTime.Microseconds(from)}");
        }

        if (filter.Until is { } to)
        {
            condition.Append(CultureInfo.InvariantCulture, $" AND time <= {StoreTime.Microseconds(to)}");
        }

        Where = condition.ToString();
        RowSource rows = Source(filter.Selector.Root);
        Rows = filter.Since is null && filter.Until is null ? rows : new BothRows(new SpanRows(file, filter.Since, filter.Until), rows);
    }

    /// <summary>The rows to look at.</summary>
    public RowSource Rows { get; }

    /// <summary>The condition on columns, in SQL. Nothing that somebody typed is in it: texts have become numbers.</summary>
    public string Where { get; }

    public static FilterPlan Of(SqliteConnection file, EventFilter filter) => new(file, filter);

    public void Dispose() => Rows.Dispose();

    private RowSource Source(SelectorNode node) => node switch
    {
        AndNode and => Both(Source(and.Left), Source(and.Right)),
        OrNode or => Either(Source(or.Left), Source(or.Right)),
        TermNode term when Field(term) is { } field && Codes(term) is { } codes && codes.Count <= MostSources =>
            new EitherRows([.. codes.Select(code => new ValueRows(_file, field, code))]),
        TermNode term when TextColumns.ContainsKey(term.Field) && Codes(term) is { Count: 0 } => new EitherRows([]),
        _ => new AllRows(), // "not" of what is wider would be narrower.
    };

    private static RowSource Both(RowSource left, RowSource right) => left is AllRows ? right : right is AllRows ? left : new BothRows(left, right);

    private static RowSource Either(RowSource left, RowSource right)
    {
        if (left is not AllRows && right is not AllRows)
        {
            return new EitherRows([left, right]);
        }

        left.Dispose();
        right.Dispose();
        return new AllRows();
    }

    private static PlaceField? Field(TermNode term) => term.Field switch
    {
        "host" or "hostname" => PlaceField.Host,
        "kind" => PlaceField.Kind,
        "function" or "address" => PlaceField.Function,
        _ => null,
    };

    private string Condition(SelectorNode node)
    {
        switch (node)
        {
            case AndNode and:
                return $"({Condition(and.Left)} AND {Condition(and.Right)})";
            case OrNode or:
                string left = Condition(or.Left);
                string right = Condition(or.Right);
                return left is Anything || right is Anything ? Anything : $"({left} OR {right})";
            case TermNode term:
                return Condition(term);
            default:
                return Anything;
        }
    }

    private string Condition(TermNode term)
    {
        string? column = term.Field is "host" or "hostname" ? "host" : TextColumns.GetValueOrDefault(term.Field);
        if (column is not null && Codes(term) is { } codes)
        {
            // An empty list is false, which SQLite takes.
            return $"{column} IN ({string.Join(',', codes.Select(code => code.ToString(CultureInfo.InvariantCulture)))})";
        }

        return NumberColumns.TryGetValue(term.Field, out column) && Sign(term.Operator) is { } sign && Number(term.Value) is { } number
            ? string.Create(CultureInfo.InvariantCulture, $"{column} {sign} {number}")
            : Anything;
    }

    // LIKE ignores the case of ASCII letters alone, and a selector ignores that of all: other text is left to the selector.
    // A hexadecimal text may also equal a number by value, which LIKE does not know.
    private IReadOnlyList<long>? Codes(TermNode term)
    {
        if (term.Operator is not SelectorOperator.Equal || !Ascii.IsValid(term.Value) || term.Value.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string escaped = term.Value.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");
        string pattern = term.IsGlob ? escaped.Replace('*', '%').Replace('?', '_') : escaped;
        return term.Field is "host" or "hostname" ? _codes.Hosts(pattern) : _codes.Words(pattern);
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
}
