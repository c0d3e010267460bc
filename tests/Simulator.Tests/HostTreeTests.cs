using System.Text.RegularExpressions;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Testing;

namespace Fleet.Simulator.Tests;

/// <summary>The real lspci over simulated machines.</summary>
public sealed partial class HostTreeTests
{
    /// <summary>What lspci prints where something does not fit together.</summary>
    private static readonly string[] Complaints =
        ["!!!", "<unreadable>", "<chain", "<access denied>", "unassigned", "[virtual]", "Reserved", "Unknown", "unknown", "WARNING"];

    [Theory]
    [InlineData(nameof(HostKind.Small))]
    [InlineData(nameof(HostKind.GpuServer))]
    [InlineData(nameof(HostKind.StorageServer))]
    [InlineData(nameof(HostKind.CxlHost))]
    public async Task LspciTree_EveryHost_IsAsDrawn(string kind)
    {
        using HostTree tree = new(Enum.Parse<HostKind>(kind));

        Golden.Check($"{EnumNames.NameOf(Enum.Parse<HostKind>(kind))}.txt", await tree.LspciAsync("-tn"));
    }

    [Theory]
    [InlineData(nameof(HostKind.Small))]
    [InlineData(nameof(HostKind.GpuServer))]
    [InlineData(nameof(HostKind.StorageServer))]
    [InlineData(nameof(HostKind.CxlHost))]
    public async Task LspciVerbose_EveryHost_FindsNothingOddAndEveryMailbox(string kind)
    {
        using HostTree tree = new(Enum.Parse<HostKind>(kind));

        string output = await tree.LspciAsync("-vvv", "-D");

        string[] lines = output.Split('\n');
        Assert.Equal([], lines.Where(line => Complaints.Any(c => line.Contains(c, StringComparison.Ordinal))));
        Assert.Equal(tree.Functions.Count, lines.Count(line => FunctionLine().IsMatch(line)));
        Assert.Equal(
            tree.Functions.Values.Sum(f => f.Mailboxes.Count),
            lines.Count(line => line.Contains("Data Object Exchange", StringComparison.Ordinal)));
    }

    [GeneratedRegex("^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7] ")]
    private static partial Regex FunctionLine();
}
