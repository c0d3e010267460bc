using System.Net;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Tests.Host;
using Fleet.Server.Tests.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Admission;

/// <summary>Who asks to join again with the same key, and who asks with a token that is none.</summary>
[Collection(SharedServer.Name)]
public sealed class JoinRepeatTests(TestServer server) : IDisposable
{
    private readonly Gate _gate = new(server);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Repeat_CertificateWasUsed_TheKeyAloneIsNoPermissionAnyMore()
    {
        string token = await TestAgent.TokenAsync(server, uses: 5);
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "restored-image", token: token);
        Assert.Null(await AgentDoor.KnockAsync(server, agent.Certificate));

        HttpResponseMessage again = await agent.EnrollAsync(token);

        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Repeat_TokenWasRevoked_IsRefused()
    {
        JoinTokenCreated created = await _gate.Api.CreateJoinTokenAsync(new CreateJoinToken(1, 600), Ct);
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "repeats-revoked", token: created.Token);
        await _gate.Api.DeleteJoinTokenAsync(created.View.Id, Ct);

        HttpResponseMessage again = await agent.EnrollAsync(created.Token);

        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        Assert.Contains("revoked", await again.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeat_AgainAndAgain_IsBoundedAndTheFirstAnswerStillComesIn()
    {
        string token = await TestAgent.TokenAsync(server);
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "repeats", token: token);

        List<HttpStatusCode> answers = [];
        for (int i = 0; i < 25; i++)
        {
            answers.Add((await agent.EnrollAsync(token)).StatusCode);
        }

        Assert.Equal((19, 6), (answers.Count(code => code is HttpStatusCode.OK), answers.Count(code => code is HttpStatusCode.TooManyRequests)));
        Assert.Equal(20, await CountAsync(agent.Id));
        Assert.Null(await AgentDoor.KnockAsync(server, agent.Certificate));
    }

    [Fact]
    public async Task Enroll_UnknownToken_WaitsForNobodyWhoChangesTheDatabase()
    {
        await using TestServer still = new() { Time = new FakeTimeProvider(TimeProvider.System.GetUtcNow()) };
        await still.InitializeAsync();
        await using TestAgent stranger = new(still, "stranger");
        await stranger.EnrollAsync("fleetjoin_00.00"); // Written down, once a minute.
        await using FleetDb db = await OpenAsync(still);
        await using IDbContextTransaction held = await db.BeginChangeAsync(Ct);

        HttpResponseMessage answer = await stranger.EnrollAsync("fleetjoin_00.00");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"token":"00","certificateRequest":"","hostName":"x","machineId":"m","previous":{}}""")]
    [InlineData("""{"token":"00","hostName":"x\u0000","machineId":"m"}""")]
    [InlineData("""{"token":"00","hostName":"x","machineId":"m\u0000"}""")]
    [InlineData("""{"token":"00","hostName":"x"}""")]
    [InlineData("""{}""")]
    public async Task Enroll_RequestThatNoAgentSends_IsInvalid(string body)
    {
        using HttpClient client = new(TestAgent.Handler(null)) { BaseAddress = server.Agents };
        using StringContent content = new(body, null, "application/json");

        HttpResponseMessage answer = await client.PostAsync(LinkProtocol.EnrollPath, content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Ban_HostWithoutAMachineId_BarsNoOtherWithout()
    {
        await using TestAgent banned = await TestAgent.JoinedAsync(server, "no-id-1", HostFacts.NoMachineId);
        await _gate.ActAsync(banned.Id, "ban");

        await using TestAgent other = await TestAgent.JoinedAsync(server, "no-id-2", HostFacts.NoMachineId);

        Assert.Null(await AgentDoor.KnockAsync(server, other.Certificate));
    }

    [Fact]
    public async Task Ban_HostThatSaysItIsAnotherMachine_DoesNotTakeThatAlong()
    {
        await using TestAgent liar = await TestAgent.JoinedAsync(server, "liar");
        liar.MachineId = "machine-of-the-victim";
        await liar.ConnectAsync();
        await _gate.ActAsync(liar.Id, "ban");

        await using TestAgent victim = await TestAgent.JoinedAsync(server, "victim-of-a-lie", "machine-of-the-victim");

        Assert.Null(await AgentDoor.KnockAsync(server, victim.Certificate));
    }

    [Fact]
    public async Task Ban_HostThatJoinedAsAnotherMachine_DoesNotBarTheOneThatIsThere()
    {
        await using TestAgent victim = await TestAgent.JoinedAsync(server, "victim-connected", "machine-that-is-there");
        await victim.ConnectAsync();
        await using TestAgent liar = await TestAgent.JoinedAsync(server, "liar-joined", "machine-that-is-there");
        await _gate.ActAsync(liar.Id, "ban");

        await using TestAgent again = await TestAgent.JoinedAsync(server, "victim-reinstalled", "machine-that-is-there");

        Assert.Null(await AgentDoor.KnockAsync(server, again.Certificate));
    }

    [Fact]
    public async Task Knock_NothingCanBeSettled_IsToldToComeBackAndNotLetIn()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "unsettled");
        await using FleetDb db = await OpenAsync(server);
        Assert.SkipUnless(db.Database.IsSqlite(), "The trigger is SQLite's.");
        string trigger = $"unsettled_{agent.Id}";

        // As if another connection of the host won each time.
#pragma warning disable EF1002 // Of names that are ours.
        await db.Database.ExecuteSqlRawAsync(
            $"CREATE TRIGGER {trigger} BEFORE UPDATE ON certificates WHEN OLD.\"Serial\" = '{agent.Certificate.SerialNumber}' BEGIN SELECT RAISE(IGNORE); END", Ct);
        using HttpClient client = new(TestAgent.Handler(agent.Certificate)) { BaseAddress = server.Agents };
        HttpResponseMessage answer = await client.GetAsync(LinkProtocol.HubPath, Ct);
        await db.Database.ExecuteSqlRawAsync($"DROP TRIGGER {trigger}", Ct);
#pragma warning restore EF1002

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Null(await AgentDoor.KnockAsync(server, agent.Certificate));
    }

    private async Task<int> CountAsync(HostId host)
    {
        await using FleetDb db = await OpenAsync(server);
        return await db.Set<CertificateRow>().CountAsync(row => row.Host == host, Ct);
    }

    private static Task<FleetDb> OpenAsync(TestServer of) => of.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
}
