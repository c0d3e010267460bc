using System.Text.RegularExpressions;

namespace Fleet.RealKernel.Tests.Rig;

/// <summary>What lspci printed of many functions, by function.</summary>
internal static partial class LspciOutput
{
    /// <summary>The lines of each function, trimmed, its title first.</summary>
    public static Dictionary<string, List<string>> ByFunction(IEnumerable<string> lines)
    {
        Dictionary<string, List<string>> found = [];
        List<string> current = [];
        foreach (string line in lines)
        {
            Match title = Title().Match(line);
            if (title.Success)
            {
                found[title.Groups["address"].Value] = current = [];
            }

            current.Add(line.Trim());
        }

        return found;
    }

    /// <summary>The capability lines of one function: where ("190 v1" or "40") and the text behind it.</summary>
    public static IReadOnlyList<(string Place, string Text)> Capabilities(IEnumerable<string> lines) =>
        [.. lines.Select(line => Capability().Match(line)).Where(match => match.Success).Select(match => (match.Groups["place"].Value, match.Groups["text"].Value))];

    [GeneratedRegex(@"^(?<address>[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) ")]
    private static partial Regex Title();

    [GeneratedRegex(@"^Capabilities: \[(?<place>[0-9a-f]+(?: v\d+)?)\] (?<text>.*)$")]
    private static partial Regex Capability();
}
