using System.Globalization;
using Fleet.Policy;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Turns a filter into a condition on the columns of one day that selects at least what the filter does. Texts are numbers there, so a
/// term is asked of each text of the day once instead of each row. What has no form in columns becomes "anything", and the selector itself
/// looks at each row again: SQL decides what is read, never what is answered.
/// </summary>
internal sealed class SelectorCondition
{
    private const string Anything = "true";

    /// <summary>More values than these are cheaper to find by looking at all rows.</summary>
    private const int MostLookedUp = 16;

    private static readonly Dictionary<string, string> WordColumns = new()
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
        ["offset"] = "\"offset\"",
        ["length"] = "length",
        ["count"] = "count",
    };

    private readonly DayNames _names;
    private readonly List<(object Value, NpgsqlDbType Type)> _values = [];

    private SelectorCondition(DayNames names) => _names = names;

    /// <summary>Whether anything can be said of columns at all, so that the day's names are worth reading.</summary>
    public static bool IsWorthIt(EventFilter filter) => filter.Selector.Root is not AllNode || filter.Since is not null || filter.Until is not null;

    public static DayCondition Of(EventFilter filter, DayNames names)
    {
        SelectorCondition sql = new(names);
        List<string> parts = [sql.Node(filter.Selector.Root)];
        if (filter.Since is { } since)
        {
            parts.Add($"time >= {sql.Value(StoreTime.Microseconds(since), NpgsqlDbType.Bigint)}");
        }

        if (filter.Until is { } until)
        {
            parts.Add($"time <= {sql.Value(StoreTime.Microseconds(until), NpgsqlDbType.Bigint)}");
        }

        (string? column, IReadOnlyList<int> codes) = sql.Lookup(filter.Selector.Root);
        return new DayCondition(string.Join(" AND ", parts), sql._values, column, codes, column is not null && parts.Count is 1 && filter.Selector.Root is TermNode);
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
        string left = Node(or.Left);
        string right = Node(or.Right);
        return left is Anything || right is Anything ? Anything : $"({left} OR {right})";
    }

    private string Term(TermNode term)
    {
        if (Codes(term) is { } found)
        {
            return $"{found.Column} = ANY({Value(found.Codes, NpgsqlDbType.Array | NpgsqlDbType.Integer)})";
        }

        return NumberColumns.TryGetValue(term.Field, out string? column) && Sign(term.Operator) is { } sign && Number(term.Value) is { } number
            ? $"{column} {sign} {Value(number, NpgsqlDbType.Bigint)}"
            : Anything;
    }

    // The best of the terms that must all hold: a host has the fewest rows, then a function, then a kind.
    private (string? Column, IReadOnlyList<int> Codes) Lookup(SelectorNode root)
    {
        var found = Conjuncts(root).Select(Codes).OfType<(string Column, int[] Codes)>().Where(codes => codes.Column is "host" or "kind" or "function").ToList();
        if (found.Find(codes => codes.Codes.Length is 0) is { Column: not null } nothing)
        {
            return nothing;
        }

        return found.Where(codes => codes.Codes.Length <= MostLookedUp).OrderBy(codes => codes.Column switch { "host" => 0, "function" => 1, _ => 2 }).FirstOrDefault();
    }

    private static IEnumerable<TermNode> Conjuncts(SelectorNode node) => node switch
    {
        AndNode and => Conjuncts(and.Left).Concat(Conjuncts(and.Right)),
        TermNode term => [term],
        _ => [],
    };

    private (string Column, int[] Codes)? Codes(TermNode term)
    {
        if (term.Operator is not (SelectorOperator.Equal or SelectorOperator.Contains))
        {
            return null;
        }

        if (term.Field is "host" or "hostname")
        {
            return ("host", [.. _names.Hosts.Where(host => term.MatchesValue(host.Name) || term.MatchesValue(host.Id.ToString())).Select(host => host.Key)]);
        }

        if (!WordColumns.TryGetValue(term.Field, out string? column))
        {
            return null;
        }

        IEnumerable<int> codes = _names.Words.Where(word => term.MatchesValue(word.Text)).Select(word => word.Code);
        return (column, _names.Words.Count < Word.Most ? [.. codes] : [.. codes, Word.Other]);
    }

    private string Value(object value, NpgsqlDbType type)
    {
        _values.Add((value, type));
        return string.Create(CultureInfo.InvariantCulture, $"${DayCondition.FirstParameter + _values.Count - 1}");
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
