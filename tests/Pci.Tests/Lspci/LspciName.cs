using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Fleet.Pci.Tests.Lspci;

/// <summary>
/// A line of names.txt: what lspci calls a field, and what we call it. Columns: capabilities, section, lspci's text, ours. A text without a
/// capture is a flag; one with a capture is a pattern for a value. Ours is "register.field" or a register, several joined by " &amp; "; one that
/// not every layout has ends with "?", an inverted one begins with "~", and "-" says that the text is no field. A line that ends with " !" has
/// a value that lspci reads wrongly. "{0-3}" in the section makes one line for each number, which "{}" stands for in ours, and "{+}" the next.
/// </summary>
internal sealed partial record LspciName(string Capability, string Section, string Text, IReadOnlyList<string> Ours, bool Differs)
{
    private static readonly Lazy<ILookup<(string, string), LspciName>> Table =
        new(() => Read().ToLookup(name => (name.Capability, name.Section)));

    public bool IsFlag => !Text.Contains('(', StringComparison.Ordinal);

    public Regex Pattern { get; } = new(Text.Contains('(', StringComparison.Ordinal) ? Text : Regex.Escape(Text), RegexOptions.CultureInvariant);

    public static IEnumerable<LspciName> All => Table.Value.SelectMany(group => group);

    public static IEnumerable<LspciName> Of(string capability, string section) => Table.Value[(capability, section)];

    public override string ToString() => $"{Capability} | {Section} | {Text}";

    private static IEnumerable<LspciName> Read([CallerFilePath] string source = "")
    {
        foreach (string line in File.ReadLines(Path.Combine(Path.GetDirectoryName(source)!, "names.txt")))
        {
            if (line.Length is 0 || line[0] is '#')
            {
                continue;
            }

            bool differs = line.EndsWith(" !", StringComparison.Ordinal);
            string[] columns = [.. (differs ? line[..^2] : line).Split(" | ").Select(column => column.Trim())];
            Assert.True(columns.Length is 4, line);
            foreach (string capability in columns[0].Split(", "))
            {
                foreach ((string section, string ours) in Expand(columns[1], columns[3]))
                {
                    yield return new LspciName(capability, section, columns[2], ours is "-" ? [] : ours.Split(" & "), differs);
                }
            }
        }
    }

    private static IEnumerable<(string Section, string Ours)> Expand(string section, string ours)
    {
        if (Range().Match(section) is not { Success: true } range)
        {
            yield return (section, ours);
            yield break;
        }

        for (int number = Number(range.Groups[1]); number <= Number(range.Groups[2]); number++)
        {
            yield return (
                section.Replace(range.Value, Text(number), StringComparison.Ordinal),
                ours.Replace("{}", Text(number), StringComparison.Ordinal).Replace("{+}", Text(number + 1), StringComparison.Ordinal));
        }

        static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\{(\d)-(\d)\}")]
    private static partial Regex Range();
}
