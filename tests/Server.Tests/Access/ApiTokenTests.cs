using System.Net;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Tokens;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Access;

[Collection(SharedServer.Name)]
public sealed class ApiTokenTests(TestServer server) : IDisposable
{
    private readonly Gate _gate = new(server);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Create_AnyToken_IsShownOnceAndStoredAsItsHash()
    {
        using Bearer bearer = await Bearer.MakeAsync(server, [Scopes.EventsRead, Scopes.HostsRead], 3600);

        string secret = bearer.Created.Token.Split('_')[2];
        Assert.Matches("^pft_[0-9a-f]{32}_[0-9a-f]{64}$", bearer.Created.Token);
        Assert.StartsWith($"pft_{bearer.Id}_", bearer.Created.Token, StringComparison.Ordinal);
        ApiToken row = await RowAsync(bearer.Id);
        Assert.Equal(Fleet.Server.Identity.Secrets.Hash(secret), row.SecretHash);
        using HttpClient admin = server.Admin();
        Assert.DoesNotContain(secret, await admin.GetStringAsync("/api/v1/tokens", Ct), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, await admin.GetStringAsync($"/api/v1/tokens/{bearer.Id}", Ct), StringComparison.Ordinal);
        Assert.Equal(
            ("active", "local admin", (string?)null, 3600.0),
            (bearer.Created.View.State, bearer.Created.View.Author, bearer.Created.View.Parent, (bearer.Created.View.Expires - bearer.Created.View.Created)!.Value.TotalSeconds));
    }

    [Fact]
    public void Create_ManyTokens_HaveDifferentSecrets()
    {
        HashSet<string> secrets = [.. Enumerable.Range(0, 10_000).Select(_ => Fleet.Server.Identity.Secrets.Make())];

        Assert.Equal(10_000, secrets.Count);
        Assert.All(secrets, secret => Assert.Equal(64, secret.Length));
    }

    [Fact]
    public async Task Use_WhatItMayDo_IsDoneInItsName()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "named-by-token");
        using Bearer bearer = await Bearer.MakeAsync(server, [Scopes.JoinTokensWrite, Scopes.HostsEvict, Scopes.HostsRead], name: "rack-9");

        JoinTokenCreated join = await bearer.Api.CreateJoinTokenAsync(new CreateJoinToken(), Ct);
        await bearer.Api.EvictHostAsync(agent.Id, "stolen", (await bearer.Api.GetHostAsync(agent.Id, Ct)).ETag, Ct);
        VersionView me = await bearer.Api.GetVersionAsync(Ct);

        Assert.Equal((bearer.Who, bearer.Who), (join.View.Author, (await _gate.HostAsync(agent.Id)).Value.Access!.By));
        Assert.Equal(bearer.Who, Assert.Single(await _gate.AuditAsync(join.View.Id)).Who);
        Assert.Equal((bearer.Who, "", 3), (me.Principal, me.Role, me.Scopes!.Count));
        Assert.Equal(["local admin"], (await _gate.AuditAsync(bearer.Id)).Where(entry => entry.Action is "api-token.create").Select(entry => entry.Who));
    }

    /// <summary>tailscale#11422: what mints permissions to join must not be able to delete the fleet.</summary>
    [Fact]
    public async Task JoinTokenMinter_AnythingElse_IsRefused()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "not-yours");
        string tag = (await _gate.HostAsync(agent.Id)).ETag;
        using Bearer minter = await Bearer.MakeAsync(server, [Scopes.JoinTokensWrite]);

        await minter.Api.CreateJoinTokenAsync(new CreateJoinToken(), Ct);

        foreach (Func<Task> act in (Func<Task>[])[() => minter.Api.DeleteHostAsync(agent.Id, tag, Ct), () => minter.Api.BanHostAsync(agent.Id, "no", tag, Ct), () => minter.Api.ListHostsAsync(new ListQuery(), Ct)])
        {
            FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(act);
            Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.ScopeMissing), (refused.Status!.Value, refused.Code));
        }
    }

    [Fact]
    public async Task Create_ScopeThatTheMakerLacks_IsRefusedByItsName()
    {
        using Bearer maker = await Bearer.MakeAsync(server, [Scopes.TokensWrite, Scopes.HostsRead]);

        ApiTokenCreated child = await maker.Api.CreateApiTokenAsync(new CreateApiToken("child", [Scopes.HostsRead]), Ct);
        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(
            () => maker.Api.CreateApiTokenAsync(new CreateApiToken("more", [Scopes.HostsRead, Scopes.HostsDelete]), Ct));

        Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.ScopeMissing), (refused.Status!.Value, refused.Code));
        Assert.Contains(Scopes.HostsDelete, refused.Detail, StringComparison.Ordinal);
        Assert.Equal((maker.Who, maker.Id), (child.View.Author, child.View.Parent));
        Assert.Equal([child.View.Id], (await _gate.Api.ListApiTokensAsync(new ListQuery(), parent: maker.Id, ct: Ct)).Items.Select(token => token.Id));
    }

    [Fact]
    public async Task Create_ThatWouldOutliveItsMaker_IsRefused()
    {
        using Bearer maker = await Bearer.MakeAsync(server, [Scopes.TokensWrite], 3600);

        foreach (long? ttl in (long?[])[null, 7200])
        {
            FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => maker.Api.CreateApiTokenAsync(new CreateApiToken("longer", [Scopes.TokensWrite], ttl), Ct));
            Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        }

        Assert.Equal("active", (await maker.Api.CreateApiTokenAsync(new CreateApiToken("shorter", [Scopes.TokensWrite], 60), Ct)).View.State);
    }

    [Theory]
    [InlineData("", Scopes.HostsRead, 60L, "name")]
    [InlineData("a (b)", Scopes.HostsRead, 60L, "name")]
    [InlineData("ci", "hosts:everything", 60L, "no scope 'hosts:everything'")]
    [InlineData("ci", null, 60L, "at least one")]
    [InlineData("ci", Scopes.HostsRead, 59L, "ttlSeconds")]
    [InlineData("ci", Scopes.HostsRead, long.MaxValue, "ttlSeconds")]
    public async Task Create_Wrong_IsRefusedWithWhatToWrite(string name, string? scope, long ttl, string says)
    {
        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(
            () => _gate.Api.CreateApiTokenAsync(new CreateApiToken(name, scope is null ? [] : [scope], ttl), Ct));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(says, refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_UnknownOrMangled_IsRefused()
    {
        using Bearer bearer = await Bearer.MakeAsync(server, [Scopes.HostsRead]);
        string token = bearer.Created.Token;
        char last = token[^1] is '0' ? '1' : '0';

        foreach (string wrong in (string[])[token[..^1], token[..^1] + last, token + "0", token.ToUpperInvariant(), $"pft_{Guid.Empty:N}_{token.Split('_')[2]}", "pft_", "pft__", $"pft_{bearer.Id}"])
        {
            using HttpClient client = Bearer.Of(server, wrong);
            using HttpResponseMessage answer = await client.GetAsync("/api/v1/hosts", Ct);
            Assert.Equal((HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated), ((await Bearer.ProblemAsync(answer)).Status, (await Bearer.ProblemAsync(answer)).Code));
            Assert.Contains("invalid_token", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Use_AfterRevocation_IsRefusedAndStandsInTheAuditTrailOnceAMinute()
    {
        using Bearer bearer = await Bearer.MakeAsync(server, [Scopes.HostsRead]);
        Assert.Equal(HttpStatusCode.OK, (await bearer.Http.GetAsync("/api/v1/hosts", Ct)).StatusCode);

        await _gate.Api.DeleteApiTokenAsync(bearer.Id, Ct);
        await _gate.Api.DeleteApiTokenAsync(bearer.Id, Ct);

        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage answer = await bearer.Http.GetAsync("/api/v1/hosts", Ct);
            (HttpStatusCode status, string code, _, string detail) = await Bearer.ProblemAsync(answer);
            Assert.Equal((HttpStatusCode.Unauthorized, ErrorCodes.TokenRevoked), (status, code));
            Assert.Contains("by local admin", detail, StringComparison.Ordinal);
        }

        IReadOnlyList<AuditView> trail = await _gate.AuditAsync(bearer.Id);
        Assert.InRange(trail.Count(entry => entry.Action is "api-token.refuse"), 1, 2); // Two where a minute ended meanwhile.
        Assert.Single(trail, entry => entry.Action is "api-token.revoke");
        Assert.Equal(("revoked", "local admin"), ((await _gate.Api.GetApiTokenAsync(bearer.Id, Ct)).State, (await _gate.Api.GetApiTokenAsync(bearer.Id, Ct)).RevokedBy));
    }

    [Fact]
    public async Task Stream_OfATokenThatIsRevoked_EndsAndIsNotBegunAgain()
    {
        using Bearer bearer = await Bearer.MakeAsync(server, [Scopes.EventsRead]);
        using HttpResponseMessage stream = await bearer.Http.GetAsync("/api/v1/events/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        using StreamReader reader = new(await stream.Content.ReadAsStreamAsync(Ct));

        await _gate.Api.DeleteApiTokenAsync(bearer.Id, Ct);

        // The keep-alive comes every 15 s: what ends within the patience of a test ended by the cut.
        while (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(WaitFor.Patience, Ct) is not null)
        {
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await bearer.Http.GetAsync("/api/v1/events/stream", Ct)).StatusCode);
    }

    [Fact]
    public async Task Header_BesideACookie_SpeaksAlone()
    {
        using Bearer bearer = await Bearer.MakeAsync(server, [Scopes.HostsRead]);
        await _gate.Api.DeleteApiTokenAsync(bearer.Id, Ct);
        bearer.Http.DefaultRequestHeaders.Add("Cookie", await SignInTests.CookieAsync(server, server.AdminToken));

        Assert.Equal(HttpStatusCode.Unauthorized, (await bearer.Http.GetAsync("/api/v1/hosts", Ct)).StatusCode);
    }

    private async Task<ApiToken> RowAsync(string id)
    {
        await using FleetDb db = await server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        return await db.Set<ApiToken>().AsNoTracking().SingleAsync(token => token.Id == id, Ct);
    }
}
