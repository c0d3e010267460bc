using Fleet.Contracts;

namespace Fleet.Web.Charts;

/// <summary>Contention of tools by device: the busiest of each, as a grid of one hue.</summary>
public sealed class HeatGrid
{
    private HeatGrid(IReadOnlyList<string> columns, IReadOnlyList<Row> rows, int hidden)
    {
        Columns = columns;
        Rows = rows;
        Hidden = hidden;
    }

    public IReadOnlyList<string> Columns { get; }

    public IReadOnlyList<Row> Rows { get; }

    /// <summary>Tools that found no place.</summary>
    public int Hidden { get; }

    public static HeatGrid Of(ContentionSeries series, string row, string column, int rows = 8, int columns = 6)
    {
        ArgumentNullException.ThrowIfNull(series);
        Dictionary<(string Row, string Column), long> cells = [];
        foreach (ContentionGroup group in series.Groups)
        {
            (string, string) key = (group.Key.GetValueOrDefault(row, ""), group.Key.GetValueOrDefault(column, ""));
            if (key is ({ Length: > 0 }, { Length: > 0 }))
            {
                cells[key] = cells.GetValueOrDefault(key) + group.Count;
            }
        }

        string[] heads = [.. Busiest(cells, k => k.Column).Take(columns)];
        string[] names = [.. Busiest(cells, k => k.Row)];
        long most = cells.Values.DefaultIfEmpty(0).Max();
        Row[] shown = [.. names.Take(rows).Select(name => new Row(name, [.. heads.Select(h => CellOf(cells.GetValueOrDefault((name, h)), most))]))];
        return new HeatGrid(heads, shown, Math.Max(0, names.Length - rows));
    }

    /// <summary>0 for none, then 1 to 5 by magnitude: each step is about a fourfold of the one below.</summary>
    internal static int LevelOf(long count, long most) => count <= 0 ? 0 : Math.Clamp(5 - (int)Math.Floor(Math.Log(most / (double)count, 3.5)), 1, 5);

    private static Cell CellOf(long count, long most) => new(count, LevelOf(count, most));

    private static IEnumerable<string> Busiest(
        Dictionary<(string Row, string Column), long> cells, Func<(string Row, string Column), string> of) =>
        cells.GroupBy(c => of(c.Key)).OrderByDescending(g => g.Sum(c => c.Value)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key);

    /// <summary>One tool.</summary>
    public sealed record Row(string Name, IReadOnlyList<Cell> Cells);

    /// <summary>One tool on one device model.</summary>
    public readonly record struct Cell(long Count, int Level);
}
