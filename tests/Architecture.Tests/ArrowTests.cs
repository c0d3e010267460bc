using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Fleet.Architecture.Tests;

/// <summary>The drawing in docs/ARCHITECTURE.md is what the projects do.</summary>
public sealed partial class ArrowTests
{
    private static readonly string[] RoomsWithoutPackages = ["src/Pci", "src/Contracts", "src/Policy", "src/Broker"];

    [Fact]
    public void ProjectReferences_EveryRoom_AreThoseOfTheTable()
    {
        Dictionary<string, string> table = ReadTable(later: false);
        Dictionary<string, string> projects = Projects().ToDictionary(room => room, room => Join(References(room)));

        Assert.Equal(Lines(table), Lines(projects));
    }

    [Fact]
    public void Table_RoomMarkedLater_HasNoProject()
    {
        Assert.Empty(ReadTable(later: true).Keys.Intersect(Projects()));
    }

    [Fact]
    public void PackageReferences_InnerRooms_AreNone()
    {
        IEnumerable<string> found = RoomsWithoutPackages.SelectMany(room =>
            Project(room).Descendants("PackageReference").Select(package => $"{room}: {package.Attribute("Include")?.Value}"));

        Assert.Empty(found);
    }

    [Fact]
    public void Packages_EachInTheCentralFile_IsExplainedInItsAdr()
    {
        string adr = Repository.Read("docs/adr/0002-packages.md");
        IEnumerable<string> unexplained = XDocument.Parse(Repository.Read("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(package => package.Attribute("Include")!.Value)
            .Where(name => !adr.Contains($"`{name}`", StringComparison.Ordinal));

        Assert.Empty(unexplained);
    }

    private static Dictionary<string, string> ReadTable(bool later) =>
        TableRow().Matches(Repository.Read("docs/ARCHITECTURE.md"))
            .Where(row => row.Groups["later"].Success == later)
            .ToDictionary(row => row.Groups["room"].Value, row => Join(row.Groups["arrows"].Value.Split(',', StringSplitOptions.TrimEntries)));

    private static IEnumerable<string> Projects() =>
        Repository.Files("src", "*.csproj").Concat(Repository.Files("eng", "*.csproj")).Select(path => Path.GetDirectoryName(path)!);

    private static XDocument Project(string room) => XDocument.Parse(Repository.Read(Repository.Files(room, "*.csproj").Single()));

    private static IEnumerable<string> References(string room) =>
        Project(room).Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value.Split('/')[^2]);

    private static string Join(IEnumerable<string> rooms) => string.Join(", ", rooms.Where(room => room.Length > 0).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Lines(Dictionary<string, string> rooms) =>
        rooms.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} -> {pair.Value}");

    [GeneratedRegex(@"^\| (?<room>(src|eng)/\w+)(?<later> \(later\))? \|(?<arrows>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
