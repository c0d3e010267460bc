using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Pci.Tests.Lspci;

/// <summary>The lines of one capability as lspci prints them, each under the labels it stands below.</summary>
/// <param name="Lines">"DevCap" and the rest of its line; a line without a label of its own belongs to the one above.</param>
internal sealed partial record LspciBlock(IReadOnlyList<(string Section, string Text)> Lines)
{
    public static LspciBlock Find(string function, int offset)
    {
        List<(string, string)> lines = [];
        string outer = "title";
        bool inside = false;
        foreach (string line in function.Split('\n'))
        {
            Match title = Title().Match(line);
            if (title.Success)
            {
                inside = int.Parse(title.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) == offset;
                if (inside)
                {
                    lines.Add(("title", title.Groups[2].Value));
                }
            }
            else if (inside && line.StartsWith("\t\t", StringComparison.Ordinal))
            {
                lines.Add(Split(line, ref outer));
            }
            else
            {
                inside = false;
            }
        }

        return new LspciBlock(lines);
    }

    /// <summary>The lines of the configuration header that stand under one of the given labels.</summary>
    public static LspciBlock FindHeader(string function, IReadOnlyCollection<string> sections)
    {
        List<(string, string)> lines = [];
        string outer = "";
        foreach (string line in function.Split('\n').TakeWhile(line => !Title().IsMatch(line)))
        {
            if (line.StartsWith('\t'))
            {
                // The header stands one tab less deep than a capability's registers.
                (string section, string text) = Split('\t' + line, ref outer);
                if (sections.Contains(section))
                {
                    lines.Add((section, text));
                }
            }
        }

        return new LspciBlock(lines);
    }

    private static (string Section, string Text) Split(string line, ref string outer)
    {
        bool deeper = line.StartsWith("\t\t\t", StringComparison.Ordinal);
        string text = line.Trim();
        string section = deeper ? outer : "";
        if (Label().Match(text) is { Success: true } first)
        {
            section = section.Length is 0 ? first.Groups[1].Value : $"{section}/{first.Groups[1].Value}";
            text = text[first.Length..];
            outer = deeper ? outer : section;
            if (Inner().Match(text) is { Success: true } second)
            {
                section = $"{section}/{second.Groups[1].Value}";
                text = text[second.Length..];
            }
        }

        return (section, text);
    }

    [GeneratedRegex(@"^\tCapabilities: \[([0-9a-f]+)(?: v\d+)?\] (.*)$")]
    private static partial Regex Title();

    [GeneratedRegex(@"^([A-Z][A-Za-z0-9 ]{1,40}?):(?:\s+|$)")]
    private static partial Regex Label();

    /// <summary>A second label is one word: "VC0: Caps: …", "SltCtl: Enable: …".</summary>
    [GeneratedRegex(@"^([A-Z][A-Za-z]{1,11}):(?:\s+|$)")]
    private static partial Regex Inner();
}
