using System.Text;
using System.Text.RegularExpressions;

namespace Fleet.RealKernel.Tests.Rig;

/// <summary>What lspci printed of many functions, by function.</summary>
internal static partial class LspciOutput
{
    /// <summary>The text of each function, as printed.</summary>
    public static Dictionary<string, string> Texts(IEnumerable<string> lines)
    {
        Dictionary<string, StringBuilder> found = [];
        StringBuilder current = new();
        foreach (string line in lines)
        {
            Match title = Title().Match(line);
            if (title.Success)
            {
                found[title.Groups["address"].Value] = current = new StringBuilder();
            }

            current.Append(line).Append('\n');
        }

        return found.ToDictionary(pair => pair.Key, pair => $"{pair.Value}");
    }

    /// <summary>The lines of each function, trimmed, its title first.</summary>
    public static Dictionary<string, List<string>> ByFunction(IEnumerable<string> lines) =>
        Texts(lines).ToDictionary(pair => pair.Key, pair => pair.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList());

    /// <summary>The capability lines of one function: where ("190 v1" or "40") and the text behind it.</summary>
    public static IReadOnlyList<(string Place, string Text)> Capabilities(IEnumerable<string> lines) =>
        [.. lines.Select(line => Capability().Match(line)).Where(match => match.Success).Select(match => (match.Groups["place"].Value, match.Groups["text"].Value))];

    [GeneratedRegex(@"^(?<address>[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) ")]
    private static partial Regex Title();

    [GeneratedRegex(@"^Capabilities: \[(?<place>[0-9a-f]+(?: v\d+)?)\] (?<text>.*)$")]
    private static partial Regex Capability();
}
