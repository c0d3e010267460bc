using System.Globalization;
using System.Text;
using Fleet.Policy;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite.Reading;

/// <summary>
/// How a filter is answered from one file: which rows to look at, and a condition on their columns. Both let through at least what the
/// selector selects.
/// </summary>
internal sealed class FilterPlan : EventConditions, IDisposable
{
    private const int MostSources = 64;
    private readonly CodeLookup _codes;
    private readonly SqliteConnection _file;

    private FilterPlan(SqliteConnection file, EventFilter filter)
        : base("1")
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
        TermNode term when WordColumns.ContainsKey(term.Field) && Codes(term) is { Count: 0 } => new EitherRows([]),
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

    protected override string? Term(TermNode term)
    {
        string? column = IsHost(term.Field) ? "host" : WordColumns.GetValueOrDefault(term.Field);
        if (column is not null && Codes(term) is { } codes)
        {
            // An empty list is false, which SQLite takes.
            return $"{column} IN ({string.Join(',', codes.Select(code => code.ToString(CultureInfo.InvariantCulture)))})";
        }

        return NumberColumns.TryGetValue(term.Field, out column) && Sign(term.Operator) is { } sign && Number(term.Value) is { } number
            ? string.Create(CultureInfo.InvariantCulture, $"{column} {sign} {number}")
            : null;
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
        return IsHost(term.Field) ? _codes.Hosts(pattern) : _codes.Words(pattern);
    }
}
