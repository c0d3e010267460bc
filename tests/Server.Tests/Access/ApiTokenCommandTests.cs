using System.CommandLine;
using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Commands;
using Fleet.Server.Tests.Host;

namespace Fleet.Server.Tests.Access;

[Collection(SharedServer.Name)]
public sealed class ApiTokenCommandTests(TestServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_ScopesAndEnd_PrintsATokenThatHasThem()
    {
        Ran made = await RunAsync("api-token", "create", "--name", "ci", "--scope", "join-tokens:write,hosts:read", "--scope", "events:read", "--expires", "90d");

        Assert.Equal((0, ""), (made.Code, made.Errors));
        using HttpClient http = Bearer.Of(server, made.Output.Trim());
        Assert.Equal(["hosts:read", "join-tokens:write", "events:read"], (await new FleetApi(http).GetVersionAsync(Ct)).Scopes);
    }

    [Fact]
    public async Task Create_RoleAsJson_HasItsScopesAndWarnsWithinIt()
    {
        Ran made = await RunAsync("api-token", "create", "--name", "grafana", "--role", "viewer", "--json");

        ApiTokenCreated created = JsonSerializer.Deserialize<ApiTokenCreated>(made.Output, FleetJson.Options)!;
        Assert.Equal(Roles.ScopesOf(Roles.Viewer), created.View.Scopes);
        Assert.Contains("never expires", Assert.Single(created.Warnings!), StringComparison.Ordinal);
        Assert.Equal("", made.Errors);
    }

    [Fact]
    public async Task ListShowRevoke_OfAToken_GoByItsIdAndNeverShowItsSecret()
    {
        using Bearer bearer = await Bearer.MakeAsync(server, [Scopes.HostsRead, Scopes.TokensWrite], name: "by-id");
        await bearer.Api.CreateApiTokenAsync(new CreateApiToken("child", [Scopes.HostsRead]), Ct);

        Ran list = await RunAsync("api-token", "list", "--active");
        Ran show = await RunAsync("api-token", "show", bearer.Id);
        Ran revoke = await RunAsync("api-token", "revoke", bearer.Id);
        Ran after = await RunAsync("api-token", "list", "--active");

        Assert.Matches($"{bearer.Id}  by-id +active", list.Output);
        Assert.Contains("scopes     hosts:read", show.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(bearer.Created.Token.Split('_')[2], list.Output + show.Output, StringComparison.Ordinal);
        Assert.Equal($"API token by-id ({bearer.Id}) is revoked.", revoke.Output.Trim());
        Assert.Contains("1 token(s) that it made stay", revoke.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain($"{bearer.Id}  by-id", after.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no scope 'hosts:all'", "create", "--name", "ci", "--scope", "hosts:all")]
    [InlineData("say what it may do", "create", "--name", "ci")]
    [InlineData("--role root", "create", "--name", "ci", "--role", "root")]
    [InlineData("is not a duration", "create", "--name", "ci", "--scope", "hosts:read", "--expires", "soon")]
    [InlineData("this is a token itself", "show", "pft_0123")]
    [InlineData("is no id of an API token", "revoke", "ci")]
    public async Task Wrong_Usage_SaysWhatToWrite(string expected, params string[] words)
    {
        Ran ran = await RunAsync(["api-token", .. words]);

        Assert.Equal((2, ""), (ran.Code, ran.Output));
        Assert.Contains(expected, ran.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("0123", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_RoleAndName_PrintsALinkThatSignsIn()
    {
        Ran made = await RunAsync("sign-in", "--role", "operator", "--name", "alice", "--expires", "30m");

        Assert.Equal(0, made.Code);
        using HttpClient browser = server.Anonymous();
        browser.DefaultRequestHeaders.Add("Cookie", await SignInTests.CookieAsync(server, made.Output.Trim().Split("token=")[1]));
        VersionView me = await new FleetApi(browser).GetVersionAsync(Ct);
        Assert.Equal(("user:alice", "operator"), (me.Principal, me.Role));
        Assert.Equal(2, (await RunAsync("sign-in", "--role", "root")).Code);
    }

    private async Task<Ran> RunAsync(params string[] words)
    {
        InvocationConfiguration configuration = new() { Output = new StringWriter(), Error = new StringWriter() };
        int code = await new RootCommand { ApiTokenCommand.Create(), SignInCommand.Create() }.Parse([.. words, "--data", server.Data]).InvokeAsync(configuration, Ct);
        return new Ran(code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }

    private sealed record Ran(int Code, string Output, string Errors);
}
