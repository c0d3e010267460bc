using System.Globalization;
using System.Text.RegularExpressions;
using Fleet.Pci.Capabilities;

namespace Fleet.Pci.Tests.Lspci;

/// <summary>Compares the capabilities that lspci lists with ours: offset, version and name, in the same order.</summary>
internal static partial class ChainComparison
{
    // Names that lspci writes differently; the left one is ours.
    private static readonly Dictionary<string, string> Spelling = new()
    {
        ["PCI Express"] = "Express",
        ["Root Complex Link Declaration"] = "Root Complex Link",
        ["Root Complex Internal Link Control"] = "Root Complex Internal Link",
        ["Root Complex Register Block Header"] = "Root Complex Register Block",
        ["Multi-Root I/O Virtualization (MR-IOV)"] = "Multi-Root I/O Virtualization",
        ["PCI Express over M-PHY"] = "PCI Express over M_PHY",
    };

    public static void AssertSame(CapabilityList list, IEnumerable<string> lines, string what)
    {
        List<(string Place, string Text)> theirs = [.. lines.Select(line => CapabilityLine().Match(line)).Where(match => match.Success)
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value))];
        Assert.Equal(theirs.Select(entry => entry.Place), list.Items.Select(Place));
        foreach ((Capability item, string text) in list.Items.Zip(theirs, (item, entry) => (item, entry.Text)))
        {
            // What this version of lspci has no name for, it prints as a number.
            string[] accepted =
            [
                Spelling.GetValueOrDefault(item.Name, item.Name),
                string.Create(CultureInfo.InvariantCulture, $"{(item.Extended ? "Extended " : "")}Capability ID 0x{item.Id:x}"),
            ];
            Assert.True(accepted.Any(name => text.StartsWith(name, StringComparison.OrdinalIgnoreCase)), $"{what}: lspci says '{text}', we say '{item.Name}'");
        }
    }

    private static string Place(Capability item) => item.Extended
        ? string.Create(CultureInfo.InvariantCulture, $"{item.Offset:x} v{item.Version}")
        : item.Offset.ToString("x", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Capabilities: \[([0-9a-f]+(?: v\d+)?)\] (.*)$")]
    private static partial Regex CapabilityLine();
}
