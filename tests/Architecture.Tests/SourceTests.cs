using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Architecture.Tests;

/// <summary>Rules about source text that no compiler checks; CONTRIBUTING.md lists them.</summary>
public sealed partial class SourceTests
{
    private const int LineLimit = 400;

    // A process asks about itself, not about the machine.
    private const string OwnLimits = "src/Server/Hosting/OpenFiles.cs";

    private static readonly (string Room, int First, int Last)[] EventIds =
        [("src/Agent", 1000, 1999), ("src/Broker", 2000, 2999), ("src/Server", 3000, 3899), ("src/Web", 3900, 3999), ("src/Simulator", 4000, 4999)];

    [Fact]
    public void Files_OfCode_StayUnderTheLineLimit()
    {
        IEnumerable<string> tooLong = Code("src").Concat(Code("tests")).Concat(Code("eng"))
            .Where(file => !file.Contains("/Migrations/", StringComparison.Ordinal))
            .Select(file => (file, lines: Repository.Read(file).Count(letter => letter is '\n')))
            .Where(entry => entry.lines > LineLimit)
            .Select(entry => $"{entry.file}: {entry.lines} lines");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void LoggerMessages_EachEventId_IsUsedOnce()
    {
        (string File, int Id)[] ids = [.. LoggedIds()];
        IEnumerable<string> twice = ids.GroupBy(entry => entry.Id).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.File))}");

        Assert.Empty(twice);
    }

    [Fact]
    public void LoggerMessages_EachEventId_IsInItsRoomsThousand()
    {
        IEnumerable<string> astray = LoggedIds()
            .Where(entry => !EventIds.Any(range => entry.File.StartsWith(range.Room + "/", StringComparison.Ordinal)
                && entry.Id >= range.First && entry.Id <= range.Last))
            .Select(entry => $"{entry.File}: {entry.Id}");

        Assert.Empty(astray);
    }

    [Fact]
    public void Machine_NativeCallsAndKernelPaths_AreOnlyInAgentLinux()
    {
        IEnumerable<string> found = Repository.Files("src", "*.cs")
            .Where(file => !file.StartsWith("src/Agent/Linux/", StringComparison.Ordinal) && file is not OwnLimits)
            .SelectMany(file => Literals(Repository.Read(file)).Where(literal => KernelPath().IsMatch(literal))
                .Concat(NativeImport().Matches(Repository.Read(file)).Select(match => match.Value))
                .Select(what => $"{file}: {what}"));

        Assert.Empty(found);
    }

    [Fact]
    public void Transactions_OfTheFleetsDatabase_AreBegunInOnePlace()
    {
        // On PostgreSQL only those of FleetDb.BeginChangeAsync stand in one line, as all do on SQLite.
        IEnumerable<string> elsewhere = Repository.Files("src/Server", "*.cs")
            .Where(file => !file.StartsWith("src/Server/Data/", StringComparison.Ordinal) && Repository.Read(file).Contains("Database.BeginTransaction", StringComparison.Ordinal));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Names_OfFiles_SayWhatTheyHold()
    {
        IEnumerable<string> vague = Code("src").Concat(Code("tests"))
            .Where(file => VagueName().IsMatch(file));

        Assert.Empty(vague);
    }

    [Fact]
    public void Sources_UnfinishedWork_IsNotLeftIn()
    {
        IEnumerable<string> found = Code("src").Where(file => Unfinished().IsMatch(Repository.Read(file)));

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("*.cs")]
    [InlineData("*.md")]
    [InlineData("*.sh")]
    [InlineData("*.y*ml")]
    [InlineData("*.razor")]
    [InlineData("*.csproj")]
    [InlineData("*.props")]
    public void Files_PathsOfOneMachine_AreNotNamed(string pattern)
    {
        // Written apart so that this file does not name them either.
        string[] paths = ["/wo" + "rk/", "/tm" + "p/w/", "/ro" + "ot/", "/ho" + "me/"];
        IEnumerable<string> found = Repository.Files(".", pattern)
            .Where(file => paths.Any(path => Repository.Read(file).Contains(path, StringComparison.Ordinal)));

        Assert.Empty(found);
    }

    private static IEnumerable<string> Code(string folder) => Repository.Files(folder, "*.cs").Concat(Repository.Files(folder, "*.razor"));

    private static IEnumerable<(string File, int Id)> LoggedIds() =>
        Repository.Files("src", "*.cs").SelectMany(file => LoggerMessage().Matches(Repository.Read(file))
            .Select(match => (file, int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture))));

    /// <summary>String literals; comments may name kernel paths, code may not.</summary>
    private static IEnumerable<string> Literals(string source) =>
        StringOrComment().Matches(source).Where(match => match.Groups["text"].Success).Select(match => match.Value);

    [GeneratedRegex(@"LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex LoggerMessage();

    [GeneratedRegex(@"(?<text>\$*""""""[\s\S]*?""""""|\$?@\$?""(?:[^""]|"""")*""|""(?:\\.|[^""\\\n])*"")|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*[\s\S]*?\*/")]
    private static partial Regex StringOrComment();

    [GeneratedRegex(@"(^|[""\s=:])/(sys|dev|proc)(/|""|$)")]
    private static partial Regex KernelPath();

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b")]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"(Common|Utils?|Utilities|Helpers?|Manager|Misc)(/|\.cs|\.razor)")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b(?!\(#\d+\))|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();
}
