using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Contracts;
using Fleet.Server.Features.Agents;

namespace Fleet.Server.Tests.Reports;

/// <summary>The reports of the golden files, spoilt in each place: whatever a member sends is refused at the door or fits.</summary>
public sealed class ReportBoundsTests
{
    [Theory]
    [MemberData(nameof(Reports))]
    public void Check_GoldenReport_IsWithinBounds(string report) => Assert.Null(Check(Golden(report)));

    [Theory]
    [MemberData(nameof(Reports))]
    public void Check_ControlCharacterInAnyText_IsRefused(string report) =>
        Spoil(report, node => node is JsonValue && node.GetValueKind() is JsonValueKind.String, _ => JsonValue.Create("a\0b"));

    [Theory]
    [MemberData(nameof(Reports))]
    public void Check_AnyTextOfTenThousandCharacters_IsRefused(string report) =>
        Spoil(report, node => node is JsonValue && node.GetValueKind() is JsonValueKind.String, _ => JsonValue.Create(new string('a', 10_000)));

    [Theory]
    [MemberData(nameof(Reports))]
    public void Check_NullInAnyList_IsRefused(string report) => Spoil(report, node => node is JsonArray, list =>
    {
        JsonArray copy = list.DeepClone().AsArray();
        copy.Add((JsonNode?)null);
        return copy;
    });

    [Theory]
    [MemberData(nameof(Reports))]
    public void Check_AnyListOfTwentyThousand_IsRefused(string report) => Spoil(report, node => node is JsonArray, list =>
        new JsonArray([.. Enumerable.Range(0, 20_000).Select(_ => list[0]!.DeepClone())]));

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\u001bb")]
    [InlineData(null)]
    public void Check_AProgramOfTheHostWroteIt_IsMadeToFitAndDoesNotStopTheReports(string? holder)
    {
        StateReport golden = JsonSerializer.Deserialize<StateReport>(Golden("StateReport").ToJsonString(), FleetJson.Options)!;
        StateReport report = golden with
        {
            Claims = [golden.Claims[0] with { Holder = holder ?? new string('h', 10_000), Reason = "why\n" + new string('r', 10_000) }],
        };

        (StateReport fit, _) = ReportCheck.Check(report);

        Assert.DoesNotContain(fit.Claims[0].Holder, char.IsControl);
        Assert.Equal(8192, fit.Claims[0].Reason!.Length);
    }

    public static TheoryData<string> Reports() => ["HelloMessage", "InventoryReport", "StateReport"];

    private static void Spoil(string report, Func<JsonNode, bool> which, Func<JsonNode, JsonNode> spoil)
    {
        string[] paths = [.. Nodes(Golden(report)).Where(which).Select(node => node.GetPath())];
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            JsonNode whole = Golden(report);
            JsonNode place = Nodes(whole).Single(node => node.GetPath() == path);
            place.ReplaceWith(spoil(place));
            Assert.True(Check(whole) is not null, $"{path} was taken");
        }
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        IEnumerable<JsonNode?> inner = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        return inner.OfType<JsonNode>().SelectMany(Nodes).Prepend(node);
    }

    private static string? Check(JsonNode report) => ReportBounds.Check(Encoding.UTF8.GetBytes(report.ToJsonString()));

    private static JsonNode Golden(string report)
    {
        DirectoryInfo directory = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Fleet.sln")))
        {
            directory = directory.Parent!;
        }

        return JsonNode.Parse(File.ReadAllText(Path.Combine(directory.FullName, "tests", "Contracts.Tests", "golden", report + ".json")))!;
    }
}
