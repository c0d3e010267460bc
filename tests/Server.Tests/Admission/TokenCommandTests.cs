using System.CommandLine;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Commands;
using Fleet.Server.Tests.Host;

namespace Fleet.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class TokenCommandTests(TestServer server) : IDisposable
{
    private readonly Gate _gate = new(server);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Create_LabelsUsesAndNote_AdmitsHostsWithThemAndStandsInTheAuditTrail()
    {
        Ran made = await RunAsync("create", "--uses", "2", "--expires", "2h", "--labels", "rack=r12,site=berlin", "--labels", "role=a=b", "--note", "rack 12");
        Assert.Equal((0, ""), (made.Code, made.Errors));
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "by-command", token: made.Output.Trim());

        HostView host = (await _gate.HostAsync(agent.Id)).Value;
        Assert.Equal(("r12", "berlin", "a=b"), (host.Labels["rack"], host.Labels["site"], host.Labels["role"]));
        JoinTokenView token = (await _gate.Api.GetJoinTokenAsync(host.JoinToken!, Ct)).Token;
        Assert.Equal((2, 1, "rack 12", TimeSpan.FromHours(2)), (token.Uses, token.Used, token.Note, token.Expires - token.Created));
        Assert.Contains(await _gate.AuditAsync(token.Id), entry => entry.Action is "token.create" && entry.Detail!.Contains("rack=r12", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_Json_HasTokenAndId()
    {
        JoinTokenCreated created = await CreateAsync();

        Assert.StartsWith("fleetjoin_", created.Token, StringComparison.Ordinal);
        Assert.Equal("active", (await _gate.Api.GetJoinTokenAsync(created.View.Id, Ct)).Token.State);
    }

    [Fact]
    public async Task Create_LongLife_WarnsApartFromTheToken()
    {
        Ran made = await RunAsync("create", "--ttl", "7d");

        Assert.Equal(0, made.Code);
        Assert.Matches("^fleetjoin_[^ ]+$", made.Output.Trim());
        Assert.Contains("7 days", made.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is not a duration", "--expires", "tomorrow")]
    [InlineData("write KEY=VALUE", "--labels", "rack")]
    [InlineData("write KEY=VALUE", "--labels", "=r12")]
    [InlineData("write KEY=VALUE", "--labels", "rack=r12,")]
    [InlineData("twice", "--labels", "rack=r12,rack=r13")]
    [InlineData("label key 'a b'", "--labels", "a b=c")]
    [InlineData("--uses takes 1 to", "--uses", "0")]
    [InlineData("--expires 60s to", "--expires", "31d")]
    public async Task Create_WrongUsage_SaysWhatToWriteAndMakesNothing(string expected, params string[] words)
    {
        Ran made = await RunAsync(["create", .. words]);

        Assert.Equal((2, ""), (made.Code, made.Output));
        Assert.Contains(expected, made.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Active_LeavesOutWhatIsRevokedAndShowsNoSecret()
    {
        JoinTokenCreated open = await CreateAsync();
        JoinTokenCreated ended = await CreateAsync();
        Assert.Equal(0, (await RunAsync("revoke", ended.View.Id)).Code);

        Ran active = await RunAsync("list", "--active");
        Ran all = await RunAsync("list");
        JoinTokenView[] json = JsonSerializer.Deserialize<JoinTokenView[]>((await RunAsync("list", "--json")).Output, FleetJson.Options)!;

        Assert.Contains(open.View.Id, active.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(ended.View.Id, active.Output, StringComparison.Ordinal);
        Assert.Matches($"{ended.View.Id}  revoked +0 of 1 ", all.Output);
        Assert.DoesNotContain(TestAgent.Secret(open.Token), all.Output, StringComparison.Ordinal);
        Assert.Equal("revoked", json.Single(token => token.Id == ended.View.Id).State);
    }

    [Fact]
    public async Task Show_UsedToken_NamesTheHostsItAdmitted()
    {
        JoinTokenCreated created = await CreateAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "shown-host", token: created.Token);

        Ran shown = await RunAsync("show", created.View.Id);

        Assert.Equal(0, shown.Code);
        Assert.Matches(@"state +used-up\b", shown.Output);
        Assert.Matches($"{agent.Id} .* shown-host", shown.Output);
    }

    [Fact]
    public async Task Revoke_UsedToken_KeepsItsHostAndAdmitsNoOther()
    {
        JoinTokenCreated created = await CreateAsync("--uses", "5");
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "stays", token: created.Token);

        Ran revoked = await RunAsync("revoke", created.View.Id);

        Assert.Equal(0, revoked.Code);
        Assert.Contains("after 1 of 5 uses. Hosts that joined with it stay: 1.", revoked.Output, StringComparison.Ordinal);
        Assert.Equal("stays", (await _gate.HostAsync(agent.Id)).Value.Name);
        await using TestAgent late = new(server, "late-by-command");
        Assert.Contains("revoked", (await Gate.ProblemAsync(await late.EnrollAsync(created.Token))).Detail, StringComparison.Ordinal);
        Assert.Single(await _gate.AuditAsync(created.View.Id), entry => entry.Action is "token.revoke");
    }

    [Theory]
    [InlineData("show")]
    [InlineData("revoke")]
    public async Task Id_UnknownWrongOrATokenItself_IsRefusedWithWhatToGive(string verb)
    {
        string unknown = Guid.Empty.ToString("N");

        Ran missing = await RunAsync(verb, unknown);
        Ran wrong = await RunAsync(verb, "rack-12");
        Ran secret = await RunAsync(verb, "fleetjoin_0123.4567");

        Assert.Equal((1, 2, 2), (missing.Code, wrong.Code, secret.Code));
        Assert.Contains($"There is no join token {unknown}. 'fleet-server token list'", missing.Errors, StringComparison.Ordinal);
        Assert.Contains("'rack-12' is no id", wrong.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("0123", secret.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_WithoutAServer_SaysSo()
    {
        string empty = Path.Combine(server.Data, "nobody-here");

        Ran list = await RunOnAsync(empty, "list");

        Assert.Equal((1, ""), (list.Code, list.Output));
        Assert.Contains($"no server has run with {empty}", list.Errors, StringComparison.Ordinal);
    }

    private async Task<JoinTokenCreated> CreateAsync(params string[] words) =>
        JsonSerializer.Deserialize<JoinTokenCreated>((await RunAsync(["create", "--json", .. words])).Output, FleetJson.Options)!;

    private Task<Ran> RunAsync(params string[] words) => RunOnAsync(server.Data, words);

    private static async Task<Ran> RunOnAsync(string data, params string[] words)
    {
        InvocationConfiguration configuration = new() { Output = new StringWriter(), Error = new StringWriter() };
        int code = await new RootCommand { TokenCommand.Create() }.Parse(["token", .. words, "--data", data]).InvokeAsync(configuration, Ct);
        return new Ran(code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }

    private sealed record Ran(int Code, string Output, string Errors);
}
