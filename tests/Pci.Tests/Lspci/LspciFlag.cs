using System.Text.RegularExpressions;

namespace Fleet.Pci.Tests.Lspci;

/// <summary>Flags in a line of lspci: a name that ends with + or -.</summary>
internal static partial class LspciFlag
{
    /// <summary>The flags of a line in order, and what is left of the line.</summary>
    public static (List<(string Name, bool Set)> Flags, string Left) Take(string text)
    {
        List<(string, bool)> flags = [];
        string rest = Flag().Replace(text, match =>
        {
            flags.Add((match.Groups[1].Value, match.Groups[2].Value is "+"));
            return " ";
        });
        return (flags, rest);
    }

    [GeneratedRegex(@"(?<=^|[\s(,])([<>]?[A-Za-z0-9][\w.&/-]*?:?)([+-])(?=[\s,;)]|$)")]
    private static partial Regex Flag();
}
