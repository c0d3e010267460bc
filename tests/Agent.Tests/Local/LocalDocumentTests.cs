using System.Diagnostics;
using System.Text.RegularExpressions;
using Fleet.Agent.Local;

namespace Fleet.Agent.Tests.Local;

/// <summary>docs/how-to/local-api.md says what is so: its table of routes and its examples.</summary>
public sealed partial class LocalDocumentTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    [Fact]
    public void Routes_WithTheirRules_AreTheDocumentsTable()
    {
        IEnumerable<string> documented = Row().Matches(Document()).Select(m => $"{m.Groups["route"].Value} {m.Groups["rule"].Value}");
        IEnumerable<string> mapped = agent.Host.LocalRules.Select(r => $"{r.Key} {r.Value?.ToString() ?? "nobody"}");

        Assert.Equal(mapped.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Routes_ThatChangeSomething_AreNotForEverybody() =>
        Assert.DoesNotContain(agent.Host.LocalRules, r => r.Value is LocalRule.Everybody && !r.Key.StartsWith("GET ", StringComparison.Ordinal));

    [Fact]
    public async Task Examples_RunInAShell_DoWhatTheySay()
    {
        string script = "set -eu\n" + string.Join('\n', Example().Matches(Document()).Select(m => m.Groups["code"].Value));
        (int code, string output, string error) = await ShellAsync(script);

        Assert.True(code is 0, error + output);
        Assert.Contains("cxl-01: intercept none", output, StringComparison.Ordinal);
        Assert.Contains("2 mailboxes", output, StringComparison.Ordinal);
        Assert.Contains("link training", output, StringComparison.Ordinal);
        Assert.Contains("\"succeeded\":true,\"payload\":\"1004", output, StringComparison.Ordinal);
        Assert.Contains("0001:01 ok", output, StringComparison.Ordinal);
        Assert.Contains("\"accesses\":", output, StringComparison.Ordinal);
    }

    private static string Document()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Fleet.sln")))
        {
            directory = directory.Parent;
        }

        return File.ReadAllText(Path.Combine(directory!.FullName, "docs", "how-to", "local-api.md"));
    }

    private async Task<(int Code, string Output, string Error)> ShellAsync(string script)
    {
        using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AGENT"] = agent.Socket },
        })!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (shell.ExitCode, await output, await error);
    }

    [GeneratedRegex(@"^\| `(?<route>[A-Z]+ /v1/[^`]+)` \| `(?<rule>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^```sh\n(?<code>[\s\S]*?)^```", RegexOptions.Multiline)]
    private static partial Regex Example();
}
