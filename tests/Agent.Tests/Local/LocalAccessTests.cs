using System.Diagnostics;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Local;

/// <summary>What other users get, and what hostile requests do. Other users are real ones: setpriv makes curl somebody else.</summary>
public sealed class LocalAccessTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    private const int Nobody = 65534;

    [Theory]
    [InlineData("GET", "state", 200)]
    [InlineData("GET", "functions", 200)]
    [InlineData("GET", "claims", 200)]
    [InlineData("GET", "holds", 200)]
    [InlineData("GET", "who", 403)]
    [InlineData("GET", "recorder/exchanges", 403)]
    [InlineData("GET", "recorder/bundles", 403)]
    [InlineData("POST", "doe/discover", 403)]
    [InlineData("POST", "doe/exchange", 403)]
    [InlineData("POST", "doe/cdat", 403)]
    [InlineData("POST", "doe/release", 403)]
    [InlineData("POST", "holds", 403)]
    public async Task Route_AsNobody_IsAsItsRuleSays(string method, string route, int expected)
    {
        (int status, string body) = await AskAsync(Nobody, method, route, method is "POST" ? $"{{\"function\":\"{agent.Expander}\"}}" : null);

        Assert.Equal(expected, status);
        Assert.True(expected is 200 || Problem(body).Code is ErrorCodes.Forbidden, body);
    }

    [Fact]
    public async Task Function_AsNobody_HasTheFirst64BytesAndNoTouches()
    {
        (_, string body) = await AskAsync(Nobody, "GET", $"functions/{agent.Expander}");
        LocalFunction function = JsonSerializer.Deserialize<LocalFunction>(body, FleetJson.Options)!;

        ConfigRange range = Assert.Single(function.Facts.Config);
        Assert.Equal((0, 128), (range.Offset, range.Hex.Length));
        Assert.All(function.Decoded.Where(d => d.Offset > 0).SelectMany(d => d.Registers), r => Assert.Null(r.Value));
        Assert.Null(function.Touches);
        Assert.Null(function.Bypasses);
    }

    [Fact]
    public async Task Claim_AsNobody_IsForbiddenUnlessTheAgentAllowsUsers()
    {
        (int status, string body) = await AskAsync(Nobody, "POST", "claims", Claim(null));

        Assert.Equal(403, status);
        Assert.Contains("--user-claims", Problem(body).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claim_AsNobodyWhereUsersMay_IsForTheirOwnProcessesAlone()
    {
        await using SimulatedAgent open = new() { UserClaims = true };
        await open.InitializeAsync();
        using Process theirs = Process.Start("setpriv", [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "sleep", "600"]);
        try
        {
            await WaitFor.TrueAsync(() => File.ReadAllText($"/proc/{theirs.Id}/comm") is "sleep\n"); // It is root's until it has become that.
            (int foreign, string refused) = await AskAsync(open.Socket, Nobody, "POST", "claims", Claim(Environment.ProcessId));
            (int own, string granted) = await AskAsync(open.Socket, Nobody, "POST", "claims", Claim(theirs.Id));
            string roots = open.Host.Broker.Claim(
                new Broker.ClaimRequest { Function = Pci.PciAddress.Parse(open.Expander), Offset = 0x60, Length = 4, Reason = "root's" },
                Agent.Linux.CallerReader.Read(Environment.ProcessId, 0, out _)).Granted!.Id;
            (int notTheirs, _) = await AskAsync(open.Socket, Nobody, "DELETE", $"claims/{roots}");
            (int byRoot, _) = await AskAsync(open.Socket, 0, "DELETE", $"claims/{JsonSerializer.Deserialize<ClaimFacts[]>(granted, FleetJson.Options)![0].Id}");

            Assert.Equal((403, 200, 403, 200), (foreign, own, notTheirs, byRoot));
            Assert.Contains($"is not one of user {Nobody}'s", Problem(refused).Detail, StringComparison.Ordinal);
        }
        finally
        {
            theirs.Kill();
        }
    }

    [Theory]
    [InlineData("GET", "nothing", null, 404, ErrorCodes.NotFound)]
    [InlineData("GET", "functions/nonsense", null, 400, ErrorCodes.Invalid)]
    [InlineData("GET", "functions?q=(", null, 400, ErrorCodes.InvalidFilter)]
    [InlineData("GET", "who?seconds=nan", null, 400, ErrorCodes.Invalid)]
    [InlineData("POST", "claims", "{", 400, ErrorCodes.Invalid)]
    [InlineData("POST", "claims", "[]", 400, ErrorCodes.Invalid)]
    [InlineData("POST", "claims", "{\"function\":\"0000:0d:00.0\",\"reason\":\"r\"}", 400, ErrorCodes.Invalid)]
    [InlineData("POST", "doe/exchange", "{\"function\":\"0000:0d:00.0\",\"offset\":1536,\"feature\":\"x\",\"payload\":\"\"}", 400, ErrorCodes.Invalid)]
    [InlineData("POST", "doe/exchange", "{\"function\":\"0000:0d:00.0\",\"offset\":1536,\"feature\":\"0001:01\",\"payload\":\"zz\"}", 400, ErrorCodes.Invalid)]
    public async Task Request_ThatIsWrong_IsAProblem(string method, string route, string? body, int status, string code)
    {
        (int answered, string text) = await AskAsync(0, method, route, body);

        Assert.Equal((status, code), (answered, Problem(text).Code));
        Assert.NotEmpty(Problem(text).Detail);
    }

    [Fact]
    public async Task Request_BodyTooLarge_IsRefusedUnread()
    {
        (int status, string body) = await AskAsync(0, "POST", "claims", "{\"reason\":\"" + new string('x', 100_000) + "\"}");

        Assert.Equal(413, status);
        Assert.Contains("at most 65536", Problem(body).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_OfOneUser_AreBoundedAndRootStillGetsIn()
    {
        // Opens connections, counts those that are closed at once, and keeps the others until its input ends.
        string hog = """
            use IO::Socket::UNIX; use IO::Select; $| = 1;
            my @open = map { IO::Socket::UNIX->new(Peer => $ARGV[0]) } 1 .. $ARGV[1];
            my ($closed, $select) = (0, IO::Select->new(@open));
            while (my @ready = $select->can_read($closed < $ARGV[2] ? 30 : 1)) { for (@ready) { $closed++ unless sysread($_, my $x, 1); $select->remove($_); } }
            print "$closed\n"; <STDIN>;
            """;
        using Process process = Process.Start(new ProcessStartInfo("setpriv", [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "perl", "-e", hog, agent.Socket, $"{Fleet.Agent.Local.LocalConnections.MostOfAUser + 8}", "8"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? closed = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        (int root, _) = await AskAsync(0, "GET", "state");
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("8", closed);
        Assert.Equal(200, root);
    }

    private static LocalProblem Problem(string body) => JsonSerializer.Deserialize<LocalProblem>(body, FleetJson.Options)!;

    private string Claim(int? pid) =>
        $"{{\"function\":\"{agent.Expander}\",\"region\":{{\"offset\":64,\"length\":8}},\"reason\":\"r\"{(pid is null ? "" : $",\"pid\":{pid}")}}}";

    private Task<(int Status, string Body)> AskAsync(int uid, string method, string route, string? body = null) => AskAsync(agent.Socket, uid, method, route, body);

    private static async Task<(int Status, string Body)> AskAsync(string socket, int uid, string method, string route, string? body = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "becoming another user needs root");
        string[] user = uid is 0 ? [] : [$"--reuid={uid}", $"--regid={uid}", "--clear-groups"];
        string[] data = body is null ? [] : ["--data-binary", "@-", "-H", "Content-Type: application/json"];
        using Process curl = Process.Start(new ProcessStartInfo(
            "setpriv", [.. user, "curl", "-sS", "--max-time", "60", "-X", method, .. data, "--unix-socket", socket, "-w", "\n%{http_code}", $"http://agent/v1/{route}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await curl.StandardInput.WriteAsync(body ?? "");
        curl.StandardInput.Close();
        string text = await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        int end = text.LastIndexOf('\n');
        return (int.Parse(text[(end + 1)..], System.Globalization.CultureInfo.InvariantCulture), text[..end]);
    }
}
