using System.Net;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Identity;
using Fleet.Server.Tests.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class JoinTokenTests(TestServer server) : IDisposable
{
    private readonly Gate _gate = new(server);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _gate.Dispose();

    // SPIRE 1.14.6: a delete that did not report "0 rows" let every one of those who raced for a join token win.
    [Fact]
    public async Task SpireJoinTokenToctou_HundredRacersForOneUse_ExactlyOneIsAdmitted()
    {
        JoinTokenCreated created = await _gate.Api.CreateJoinTokenAsync(new CreateJoinToken(1, 600, "race"), Ct);
        TestAgent[] racers = [.. Enumerable.Range(0, 100).Select(i => new TestAgent(server, $"racer-{i:00}"))];

        HttpResponseMessage[] answers = await Task.WhenAll(racers.Select(racer => racer.EnrollAsync(created.Token)));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode is HttpStatusCode.OK));
        Assert.Equal(99, answers.Count(answer => answer.StatusCode is HttpStatusCode.Forbidden));
        JoinTokenDetail token = await _gate.Api.GetJoinTokenAsync(created.View.Id, Ct);
        Assert.Equal((1, 1, "used-up"), (token.Token.Used, token.HostsTotal, token.Token.State));
        IReadOnlyList<AuditView> trail = await _gate.AuditAsync(created.View.Id);
        Assert.Single(trail, entry => entry.Action is "token.use");
        Assert.Single(trail, entry => entry.Action is "token.exhausted");
        foreach (TestAgent racer in racers)
        {
            await racer.DisposeAsync();
        }
    }

    [Fact]
    public async Task SpireJoinTokenToctou_RacersForFiveUses_ExactlyFiveAreAdmitted()
    {
        JoinTokenCreated created = await _gate.Api.CreateJoinTokenAsync(new CreateJoinToken(5, 600), Ct);
        TestAgent[] racers = [.. Enumerable.Range(0, 25).Select(i => new TestAgent(server, $"five-{i:00}"))];

        HttpResponseMessage[] answers = await Task.WhenAll(racers.Select(racer => racer.EnrollAsync(created.Token)));

        Assert.Equal(5, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.Equal(5, (await _gate.Api.GetJoinTokenAsync(created.View.Id, Ct)).HostsTotal);
        foreach (TestAgent racer in racers)
        {
            await racer.DisposeAsync();
        }
    }

    // teleport#44017 and #49198: from the token to its creator and to every agent it admitted, its end included.
    [Fact]
    public async Task Teleport44017_Token_IsTracedFromItsMakerToItsHostsAndItsEnd()
    {
        JoinTokenCreated created = await _gate.Api.CreateJoinTokenAsync(
            new CreateJoinToken(3, 600, "rack 12", new Dictionary<string, string> { ["rack"] = "r12" }), Ct);
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "traced", token: created.Token);

        await _gate.Api.DeleteJoinTokenAsync(created.View.Id, Ct);
        await _gate.Api.DeleteJoinTokenAsync(created.View.Id, Ct);

        JoinTokenDetail token = await _gate.Api.GetJoinTokenAsync(created.View.Id, Ct);
        Assert.Equal(("revoked", "local admin", "local admin"), (token.Token.State, token.Token.Author, token.Token.RevokedBy));
        Assert.Equal("traced", Assert.Single(token.Hosts).Name);
        Assert.Equal(["token.revoke", "token.use", "token.create"], (await _gate.AuditAsync(created.View.Id)).Select(entry => entry.Action));
        HostView host = (await _gate.HostAsync(agent.Id)).Value;
        Assert.Equal((created.View.Id, "local admin", "r12"), (host.JoinToken, host.AdmittedBy, host.Labels["rack"]));
        Assert.Equal(agent.Id, Assert.Single((await _gate.Api.ListHostsAsync(new($"token:{created.View.Id}"), Ct)).Items).Id);
        await using TestAgent late = new(server, "late");
        (_, string code, string detail) = await Gate.ProblemAsync(await late.EnrollAsync(created.Token));
        Assert.Equal(ErrorCodes.TokenRefused, code);
        Assert.Contains("revoked", detail);
    }

    [Fact]
    public async Task Expired_Use_IsWrittenDownOnceAMinuteWithTheToken()
    {
        JoinTokenCreated created = await _gate.Api.CreateJoinTokenAsync(new CreateJoinToken(3, 600), Ct);
        await using (FleetDb db = await server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct))
        {
            string hash = Secrets.Hash(TestAgent.Secret(created.Token));
            await db.JoinTokens.Where(row => row.SecretHash == hash).ExecuteUpdateAsync(row => row.SetProperty(r => r.Expires, DateTimeOffset.UnixEpoch), Ct);
        }

        await using TestAgent agent = new(server, "too-late");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await agent.EnrollAsync(created.Token)).StatusCode);
        }

        AuditView refused = Assert.Single(await _gate.AuditAsync(created.View.Id), entry => entry.Action is "token.refuse");
        Assert.Contains("expired: too-late at", refused.Detail);
    }

    // teleport#40892: warn over 24 h.
    [Theory]
    [InlineData(1, 86_400, 0)]
    [InlineData(1, 86_401, 1)]
    [InlineData(100, 3600, 1)]
    [InlineData(5000, 604_800, 2)]
    public async Task Teleport40892_LongLifeOrManyUses_IsWarnedOf(int uses, int seconds, int warnings)
    {
        JoinTokenCreated created = await _gate.Api.CreateJoinTokenAsync(new CreateJoinToken(uses, seconds), Ct);

        Assert.Equal(warnings, created.Warnings!.Count);
    }

    [Theory]
    [InlineData("""{"labels":{"a b":"x"}}""")]
    [InlineData("""{"labels":{"a":null}}""")]
    [InlineData("""{"uses":0}""")]
    [InlineData("""{"ttlSeconds":59}""")]
    [InlineData("""{"note":"a\nb"}""")]
    public async Task Create_BadRequest_IsRefused(string body)
    {
        using StringContent content = new(body, System.Text.Encoding.UTF8, "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, (await _gate.Http.PostAsync("/api/v1/join-tokens", content, Ct)).StatusCode);
    }

    [Fact]
    public async Task List_ActiveOnly_LeavesOutWhatEnded()
    {
        JoinTokenCreated open = await _gate.Api.CreateJoinTokenAsync(new CreateJoinToken(1, 600), Ct);
        JoinTokenCreated ended = await _gate.Api.CreateJoinTokenAsync(new CreateJoinToken(1, 600), Ct);
        await _gate.Api.DeleteJoinTokenAsync(ended.View.Id, Ct);

        Page<JoinTokenView>? active = await _gate.Http.GetFromJsonAsync<Page<JoinTokenView>>("/api/v1/join-tokens?active=true&limit=200", FleetJson.Options, Ct);
        Page<JoinTokenView>? over = await _gate.Http.GetFromJsonAsync<Page<JoinTokenView>>("/api/v1/join-tokens?active=false&limit=200", FleetJson.Options, Ct);

        Assert.Contains(active!.Items, token => token.Id == open.View.Id);
        Assert.DoesNotContain(active.Items, token => token.Id == ended.View.Id);
        Assert.Contains(over!.Items, token => token.Id == ended.View.Id);
    }
}
