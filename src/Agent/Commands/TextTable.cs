using System.Text;

namespace Fleet.Agent.Commands;

/// <summary>Lines of text in columns as wide as they need to be.</summary>
internal static class TextTable
{
    public static string Write(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
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

            text.AppendLine(row.ToString().TrimEnd());
        }

        return text.ToString();
    }

    // Names come from devices, tools and policies: control characters must not reach the terminal.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
