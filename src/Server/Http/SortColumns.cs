using System.Diagnostics.CodeAnalysis;

namespace Fleet.Server.Http;

/// <summary>What a list can be ordered by.</summary>
internal sealed class SortColumns<T>
{
    private readonly Dictionary<string, Func<T, SortValue>> _columns = new(StringComparer.Ordinal);

    /// <summary>One sentence for the API's document.</summary>
    public string Sentence => $"sort takes {Names}, with a dash before it for descending.";

    private string Names => string.Join(", ", _columns.Keys);

    public SortColumns<T> Text(string name, Func<T, string?> of) => Add(name, item => SortValue.Of(of(item)));

    public SortColumns<T> Number(string name, Func<T, long?> of) => Add(name, item => SortValue.Of(of(item)));

    public SortColumns<T> Time(string name, Func<T, DateTimeOffset?> of) => Add(name, item => SortValue.Of(of(item)));

    /// <summary>Reads what a request asks for.</summary>
    /// <param name="sort">A column's name, with a dash before it for descending; null or empty for none.</param>
    /// <param name="sorting">The order; null for the list's own.</param>
    /// <param name="wrong">What is wrong, when it answers false.</param>
    public bool TryParse(string? sort, out Sorting<T>? sorting, [NotNullWhen(false)] out string? wrong)
    {
        (sorting, wrong) = (null, null);
        if (string.IsNullOrEmpty(sort))
        {
            return true;
        }

        if (!_columns.TryGetValue(sort.TrimStart('-'), out Func<T, SortValue>? by) || sort.StartsWith("--", StringComparison.Ordinal))
        {
            string given = sort.Length > 64 ? sort[..64] : sort;
            wrong = $"sort is '{given}'; this list is ordered by one of {Names}, with a dash before it for descending.";
            return false;
        }

        sorting = new Sorting<T>(sort, by, sort[0] is '-');
        return true;
    }

    private SortColumns<T> Add(string name, Func<T, SortValue> of)
    {
        _columns.Add(name, of);
        return this;
    }
}
