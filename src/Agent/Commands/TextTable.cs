using System.Text;

namespace Fleet.Agent.Commands;

/// <summary>Lines of text in columns as wide as they need to be.</summary>
internal static class TextTable
{
    /// <summary>Writes headings and rows; no line is longer than the width, if one is given.</summary>
    public static string Write(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, int width = int.MaxValue)
    {
        List<IReadOnlyList<string>> lines = [headings, .. rows.Select(r => r.Select(Printable).ToList())];
        int[] widths = [.. headings.Select((_, column) => lines.Max(l => l[column].Length))];
        StringBuilder text = new();
        foreach (IReadOnlyList<string> line in lines)
        {
            StringBuilder row = new();
            for (int column = 0; column < widths.Length; column++)
            {
                row.Append(line[column].PadRight(widths[column] + 2));
            }

            string whole = row.ToString().TrimEnd();
            text.AppendLine(whole.Length > width ? whole[..width] : whole);
        }

        return text.ToString();
    }

    // Names come from devices, tools and policies: control characters must not reach the terminal.
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
