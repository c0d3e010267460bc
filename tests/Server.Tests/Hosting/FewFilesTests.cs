using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Fleet.Server.Hosting;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;

namespace Fleet.Server.Tests.Hosting;

/// <summary>A server in a process of its own that may have few files open.</summary>
public sealed partial class FewFilesTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("fleet-few-files-").FullName;
    private Process? _server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_LimitBelowWhatItNeeds_RefusesWithTheNumber()
    {
        Process server = Start(OpenFiles.Least - 1);

        string said = await server.StandardError.ReadToEndAsync(Ct);
        await server.WaitForExitAsync(Ct);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains($"Only {OpenFiles.Least - 1} files may be open at once, and the server needs {OpenFiles.Least}", said);
        Assert.DoesNotContain("   at ", said);
    }

    [Fact]
    public async Task Run_LimitOfTheLeast_SaysWhatItCarriesAndStoresAndShows()
    {
        Process process = Start(OpenFiles.Least);
        List<string> said = [];
        Match? listening = null;
        while (listening is not { Success: true })
        {
            said.Add(await process.StandardOutput.ReadLineAsync(Ct) ?? throw new InvalidOperationException(string.Join('\n', said) + await process.StandardError.ReadToEndAsync(Ct)));
            listening = Listening().Match(said[^1]);
        }

        Task<string> rest = process.StandardOutput.ReadToEndAsync(Ct);
        Assert.Contains(said, line => line.Contains("LimitNOFILE=65536", StringComparison.Ordinal) && line.Contains($"Only {OpenFiles.Least} files", StringComparison.Ordinal));
        await using TestServer server = new() { Data = _data, Elsewhere = (new Uri(listening.Groups["http"].Value), new Uri(listening.Groups["agents"].Value)) };
        using Gate gate = new(server);
        TestAgent[] agents = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(i => TestAgent.JoinedAsync(server, $"few-{i}")))];
        foreach (TestAgent agent in agents)
        {
            await agent.ConnectAsync();
            Assert.Equal(100, (await agent.PushAsync([.. Enumerable.Range(1, 100).Select(i => agent.Contention(i))])).Sequence);
        }

        using HttpClient browser = new(new SocketsHttpHandler { CookieContainer = new CookieContainer() });
        string page = await browser.GetStringAsync(new Uri(server.Http, "signin"), Ct);
        using FormUrlEncodedContent form = new(new Dictionary<string, string> { ["token"] = server.AdminToken, ["__RequestVerificationToken"] = Antiforgery().Match(page).Groups[1].Value });
        (await browser.PostAsync(new Uri(server.Http, "session"), form, Ct)).EnsureSuccessStatusCode();
        foreach (string path in (string[])["", "hosts", "functions", "mailboxes", "events", "policies", "rollouts", "attestation", "servers"])
        {
            (await browser.GetAsync(new Uri(server.Http, path), Ct)).EnsureSuccessStatusCode();
        }

        Assert.Equal(50, (await gate.EventsAsync("kind:contention.access")).Count);
        Assert.Equal("ok\n", await browser.GetStringAsync(new Uri(server.Http, "healthz"), Ct));
        foreach (TestAgent agent in agents)
        {
            await agent.DisposeAsync();
        }

        using (Process stop = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await stop.WaitForExitAsync(Ct);
        }

        await process.WaitForExitAsync(Ct);
        Assert.Equal(0, process.ExitCode);
        Assert.DoesNotContain("Too many open files", await rest);
    }

    public void Dispose()
    {
        if (_server is { HasExited: false } left)
        {
            left.Kill(); // Of a test that failed on the way.
            left.WaitForExit();
        }

        _server?.Dispose();
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private Process Start(int files) => _server = Process.Start(new ProcessStartInfo(
        "sh",
        [
            "-c", $"ulimit -n {files}; exec \"$0\" \"$@\"", Path.Combine(AppContext.BaseDirectory, "fleet-server"),
            "run", "--data", _data, "--http", "127.0.0.1:0", "--agents", "127.0.0.1:0",
        ])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    [GeneratedRegex(@"Operators: (?<http>http://\S+)\s+Agents: (?<agents>https://\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Antiforgery();
}
