using System.Text.RegularExpressions;

namespace Fleet.Architecture.Tests;

/// <summary>Documents point at things that are there.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Links_WithinTheRepository_LeadSomewhere()
    {
        IEnumerable<string> broken = Repository.Files(".", "*.md").SelectMany(file =>
            Link().Matches(Repository.Read(file))
                .Select(match => match.Groups["to"].Value.Split('#')[0])
                .Where(to => to.Length > 0 && !to.Contains("://", StringComparison.Ordinal))
                .Where(to => !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, to)))
                .Select(to => $"{file}: {to}"));

        Assert.Empty(broken);
    }

    [Fact]
    public void Alerts_EachShipped_HasARunbook()
    {
        IEnumerable<string> without = Repository.Files("deploy/prometheus", "*.rules.yml")
            .SelectMany(file => Alert().Matches(Repository.Read(file)).Select(match => match.Groups["name"].Value))
            .Where(name => !File.Exists(Path.Combine(Repository.Root, "docs", "runbooks", name + ".md")));

        Assert.Empty(without);
    }

    [Fact]
    public void Alerts_EachShipped_RestOnFiguresThatAProgramShows()
    {
        HashSet<string> shown = [.. Repository.Files("src", "*.cs").SelectMany(file => Figure().Matches(Repository.Read(file)).Select(match => match.Value.Trim('"')))];
        IEnumerable<string> unknown = Repository.Files("deploy/prometheus", "*.rules.yml")
            .SelectMany(file => Expression().Matches(Repository.Read(file)).SelectMany(expression => Used().Matches(expression.Value).Select(match => match.Value)))
            .Where(name => !shown.Contains(name) && !shown.Contains(Suffix().Replace(name, "")));

        Assert.Empty(unknown);
    }

    [Fact]
    public void ErrorCodes_EachInContracts_IsDocumented()
    {
        string document = Repository.Read("docs/how-to/error-codes.md");
        IEnumerable<string> undocumented = ErrorCode().Matches(Repository.Read("src/Contracts/Rest/ErrorCodes.cs"))
            .Select(match => match.Groups["code"].Value)
            .Where(code => !document.Contains($"`{code}`", StringComparison.Ordinal));

        Assert.Empty(undocumented);
    }

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex Alert();

    // The whole entry: an expression may go over several lines.
    [GeneratedRegex(@"expr: [\s\S]*?(?=\n\s+(for|labels|- alert|- record):|\z)")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\bpcifleet_\w+")]
    private static partial Regex Used();

    [GeneratedRegex(@"""pcifleet_\w+""")]
    private static partial Regex Figure();

    // What the exporter appends to a counter's or a histogram's name.
    [GeneratedRegex("_(total|seconds|seconds_bucket|seconds_count|seconds_sum)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"const string \w+ = ""(?<code>[^""]+)""")]
    private static partial Regex ErrorCode();
}
