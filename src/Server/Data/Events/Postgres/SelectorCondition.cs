using System.Globalization;
using Fleet.Policy;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Turns a filter into conditions on one day. Texts are numbers there, so a term is asked of each text of the day once instead of each row.
/// </summary>
internal sealed class SelectorCondition : EventConditions
{
    /// <summary>More values than these are cheaper to find by looking at all rows.</summary>
    private const int MostLookedUp = 16;

    private static readonly string[] IndexedColumns = ["host", "function", "kind"];

    private readonly DayNames _names;
    private readonly bool _entries;
    private readonly List<(object Value, NpgsqlDbType Type)> _values = [];

    /// <param name="names">What numbers stand for.</param>
    /// <param name="entries">Whether only what the entries of an index say can be asked of.</param>
    private SelectorCondition(DayNames names, bool entries)
        : base("true") => (_names, _entries) = (names, entries);

    /// <summary>Whether it takes the day's names to turn a filter into conditions.</summary>
    public static bool NeedsNames(SelectorNode node) => node switch
    {
        AndNode both => NeedsNames(both.Left) || NeedsNames(both.Right),
        OrNode either => NeedsNames(either.Left) || NeedsNames(either.Right),
        TermNode term => IsHost(term.Field) || WordColumns.ContainsKey(term.Field),
        _ => false,
    };

    public static DayCondition Of(EventFilter filter, DayNames names)
    {
        SelectorCondition rows = new(names, entries: false);
        SelectorCondition entries = new(names, entries: true);
        List<string> parts = [rows.Condition(filter.Selector.Root)];
        if (filter.Since is { } since)
        {
            parts.Add($"time >= {rows.Value(StoreTime.Microseconds(since), NpgsqlDbType.Bigint)}");
        }

        if (filter.Until is { } until)
        {
            parts.Add($"time <= {rows.Value(StoreTime.Microseconds(until), NpgsqlDbType.Bigint)}");
        }

        List<(string Column, int[] Codes)> asked = [.. Conjuncts(filter.Selector.Root).Select(rows.Codes).OfType<(string, int[])>()];
        return new DayCondition(
            new ColumnCondition(string.Join(" AND ", parts), rows._values),
            new ColumnCondition(entries.Condition(filter.Selector.Root), entries._values),
            [.. asked.Where(term => IndexedColumns.Contains(term.Column) && term.Codes.Length <= MostLookedUp)
                .OrderBy(term => Array.IndexOf(IndexedColumns, term.Column)).Select(term => new IndexLookup(term.Column, term.Codes))],
            asked.Exists(term => term.Codes.Length is 0));
    }

    protected override string? Term(TermNode term)
    {
        if (Codes(term) is { } found)
        {
            return _entries && !IndexedColumns.Contains(found.Column)
                ? null
                : $"{found.Column} = ANY({Value(found.Codes, NpgsqlDbType.Array | NpgsqlDbType.Integer)})";
        }

        return !_entries && NumberColumns.TryGetValue(term.Field, out string? column) && Sign(term.Operator) is { } sign && Number(term.Value) is { } number
            ? $"{column} {sign} {Value(number, NpgsqlDbType.Bigint)}"
            : null;
    }

    // What must all hold. Alternatives of one column are values of it.
    private static IEnumerable<SelectorNode> Conjuncts(SelectorNode node) => node is AndNode both ? [.. Conjuncts(both.Left), .. Conjuncts(both.Right)] : [node];

    private (string Column, int[] Codes)? Codes(SelectorNode node) => node switch
    {
        TermNode term => Codes(term),
        OrNode either when Codes(either.Left) is { } left && Codes(either.Right) is { } right && left.Column == right.Column => (left.Column, [.. left.Codes.Union(right.Codes)]),
        _ => null,
    };

    private (string Column, int[] Codes)? Codes(TermNode term)
    {
        if (term.Operator is not (SelectorOperator.Equal or SelectorOperator.Contains))
        {
            return null;
        }

        if (IsHost(term.Field))
        {
            return ("host", [.. _names.Hosts.Where(host => term.MatchesValue(host.Name) || term.MatchesValue(host.Id.ToString()) || _names.OfManyNames.Contains(host.Key)).Select(host => host.Key)]);
        }

        if (!WordColumns.TryGetValue(term.Field, out string? column))
        {
            return null;
        }

        IEnumerable<int> codes = _names.Words.Where(word => term.MatchesValue(word.Text)).Select(word => word.Code);
        return (column, _names.HasOther ? [.. codes, Word.Other] : [.. codes]);
    }

    private string Value(object value, NpgsqlDbType type)
    {
        _values.Add((value, type));
        return string.Create(CultureInfo.InvariantCulture, $"${ColumnCondition.FirstParameter + _values.Count - 1}");
    }
}
