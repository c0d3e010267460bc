using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>This machine's own functions, as pciutils sees them.</summary>
[Collection(FleetCollection.Name)]
public sealed partial class HostInventoryTests(RunningFleet fleet)
{
    [Fact]
    public async Task Functions_OfThisHost_AreThoseOfLspci()
    {
        fleet.Need();
        Places.NeedProgram("lspci");
        string[] expected = Listed((await Shell.RunAsync("lspci", "-Dnn", "-k")).Succeeded());
        Places.Need(expected.Length > 0, "Needs a machine with PCI functions.");

        IReadOnlyList<FunctionView> functions = await Api.AllAsync<FunctionView>(
            query => fleet.Api.ListFunctionsAsync(query), $"host:{fleet.Endpoints.Host!.Name}");

        Assert.Equal(expected, functions
            .Select(function => Line($"{function.Address}", function.ClassCode[..4], function.VendorId, function.DeviceId, function.Driver ?? ""))
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Lspci_ThroughTheMirror_DiffersInNoLine()
    {
        fleet.Need();
        Places.NeedProgram("lspci");
        string[] once = await VerboseAsync();
        string[] again = await VerboseAsync();
        Places.Need(once.Length > 0, "Needs a machine with PCI functions.");

        string[] mirrored = await VerboseAsync("-O", $"sysfs.path={Path.Combine(fleet.Data, "pci")}");

        // Counters and states that move by themselves are no difference of ours.
        HashSet<int> moving = [.. Enumerable.Range(0, Math.Min(once.Length, again.Length)).Where(line => once[line] != again[line])];
        Assert.Equal(once.Length, mirrored.Length);
        Assert.Empty(Enumerable.Range(0, once.Length).Where(line => once[line] != mirrored[line] && !moving.Contains(line)).Select(line => mirrored[line]));
    }

    private static async Task<string[]> VerboseAsync(params string[] more) =>
        [.. (await Shell.RunAsync("lspci", ["-vvv", .. more])).Succeeded().Split('\n')];

    private static string[] Listed(string lspci) =>
    [
        .. ListedFunction().Matches(lspci)
            .Select(match => Line(
                match.Groups["address"].Value, match.Groups["class"].Value, match.Groups["vendor"].Value, match.Groups["device"].Value, match.Groups["driver"].Value))
            .Order(StringComparer.Ordinal),
    ];

    private static string Line(string address, string classCode, string vendor, string device, string driver) =>
        $"{address} [{classCode}] [{vendor}:{device}] {driver}";

    [GeneratedRegex(
        @"^(?<address>[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) .*?\[(?<class>[0-9a-f]{4})\]: .*\[(?<vendor>[0-9a-f]{4}):(?<device>[0-9a-f]{4})\].*\n(\t(?!Kernel driver).*\n)*(\tKernel driver in use: (?<driver>.*)\n)?",
        RegexOptions.Multiline)]
    private static partial Regex ListedFunction();
}
