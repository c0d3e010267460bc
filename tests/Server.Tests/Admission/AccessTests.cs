using System.Net;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Server.Tests.Host;
using Fleet.Testing;

namespace Fleet.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class AccessTests(TestServer server) : IDisposable
{
    private readonly Gate _gate = new(server);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData("evict", "evicted")]
    [InlineData("ban", "banned")]
    public async Task Act_ConnectedAgent_IsCutAtOnceAndCannotComeBack(string verb, string state)
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, $"cut-{verb}");
        await agent.ConnectAsync();

        HostView host = await _gate.ActAsync(agent.Id, verb, "stolen");

        Assert.Equal((state, state, "stolen", "local admin"), (host.State, host.Access!.State, host.Access.Reason, host.Access.By));
        await WaitFor.TrueAsync(() => agent.Ended);
        Assert.False(await Gate.ComesInAsync(agent));
        Assert.Equal(state, (await _gate.HostAsync(agent.Id)).Value.State);
    }

    [Fact]
    public async Task Evict_ConnectionBeforeItsHello_IsCutToo()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "no-hello");
        await agent.OpenAsync();

        await _gate.ActAsync(agent.Id, "evict");

        await WaitFor.TrueAsync(() => agent.Ended);
    }

    [Fact]
    public async Task Evicted_NewToken_ComesBackAsTheHostItWas()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "comes-back");
        await _gate.ActAsync(agent.Id, "evict");

        HttpResponseMessage answer = await agent.EnrollAsync(await TestAgent.TokenAsync(server));
        agent.Take((await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, Ct))!);

        Assert.True(await Gate.ComesInAsync(agent));
        Assert.Equal("live", (await _gate.HostAsync(agent.Id)).Value.State);
        Assert.Contains(await _gate.AuditAsync(agent.Id.ToString()), entry => entry.Action is "host.return");
    }

    [Fact]
    public async Task Evicted_TheTokenThatAdmittedIt_IsUsedUp()
    {
        string token = await TestAgent.TokenAsync(server);
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "old-token", token: token);
        await _gate.ActAsync(agent.Id, "evict");

        (HttpStatusCode status, string code, _) = await Gate.ProblemAsync(await agent.EnrollAsync(token));

        Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.TokenRefused), (status, code));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Banned_ValidToken_IsRefusedByKeyAndByMachineIdAndCostsNoUse(bool newKey)
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, $"banned-{newKey}");
        await _gate.ActAsync(agent.Id, "ban", "compromised");
        await using TestAgent again = newKey ? new TestAgent(server, "reinstalled") { MachineId = agent.MachineId } : agent.Clone();
        string token = await TestAgent.TokenAsync(server);

        (HttpStatusCode status, string code, string detail) = await Gate.ProblemAsync(await again.EnrollAsync(token));

        Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.HostBanned), (status, code));
        Assert.Contains("compromised", detail);
        Assert.Contains(await _gate.AuditAsync(agent.Id.ToString()), entry => entry is { Action: "host.refuse" } && entry.Detail.StartsWith("banned", StringComparison.Ordinal));
        await using TestAgent other = new(server, "innocent");
        Assert.True((await other.EnrollAsync(token)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Banned_WrongToken_IsNotToldOfTheBan()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "probed");
        await _gate.ActAsync(agent.Id, "ban");

        (_, string code, _) = await Gate.ProblemAsync(await agent.EnrollAsync("fleetjoin_00.00"));

        Assert.Equal(ErrorCodes.TokenRefused, code);
    }

    [Theory]
    [InlineData("evict")]
    [InlineData("ban")]
    public async Task Readmit_ComesInWithItsCertificateAgain(string verb)
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, $"readmitted-{verb}");
        await _gate.ActAsync(agent.Id, verb);
        Assert.False(await Gate.ComesInAsync(agent));

        HostView host = await _gate.ActAsync(agent.Id, "readmit", "found again");

        Assert.Null(host.Access);
        Assert.True(await Gate.ComesInAsync(agent));
        Assert.Equal(["host.readmit", $"host.{verb}"], (await _gate.AuditAsync(agent.Id.ToString())).Select(entry => entry.Action).Where(action => action.StartsWith("host.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Restart_AccessStays()
    {
        await using TestServer own = new();
        await own.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(own, "kept-out");
        using (Gate gate = new(own))
        {
            await gate.ActAsync(agent.Id, "ban", "kept");
        }

        await own.RestartAsync();

        using Gate after = new(own);
        Assert.Equal("kept", (await after.HostAsync(agent.Id)).Value.Access!.Reason);
        await using TestAgent again = agent.CloneOf(own);
        Assert.False(await Gate.ComesInAsync(again));
    }

    [Fact]
    public async Task Act_RepeatedWithTheOldTag_ChangesNothingMore()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "repeated");
        string tag = (await _gate.HostAsync(agent.Id)).ETag;
        HttpResponseMessage first = await _gate.PostAsync(agent.Id, "evict", new ChangeAccess("once"), tag);

        HttpResponseMessage second = await _gate.PostAsync(agent.Id, "evict", new ChangeAccess("once"), tag);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Single(await _gate.AuditAsync(agent.Id.ToString()));
    }

    [Fact]
    public async Task Act_DryRun_AnswersAPlanAndDoesNothing()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "dry");
        await agent.ConnectAsync();
        string tag = (await _gate.HostAsync(agent.Id)).ETag;

        HttpResponseMessage answer = await _gate.PostAsync(agent.Id, "ban", new ChangeAccess("maybe"), tag, "?dryRun=true");

        PlanView<HostView>? plan = await answer.Content.ReadFromJsonAsync<PlanView<HostView>>(FleetJson.Options, Ct);
        Assert.Equal(("update", "live", "banned"), (plan!.Action, plan.Before!.State, plan.After!.State));
        Assert.Equal(tag, (await _gate.HostAsync(agent.Id)).ETag);
        Assert.False(agent.Ended);
        Assert.Empty(await _gate.AuditAsync(agent.Id.ToString()));
    }

    [Fact]
    public async Task Act_WithoutWhatItNeeds_IsRefused()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "needs");
        string tag = (await _gate.HostAsync(agent.Id)).ETag;

        Assert.Equal(HttpStatusCode.PreconditionRequired, (await _gate.PostAsync(agent.Id, "evict", new ChangeAccess("x"), null)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _gate.PostAsync(agent.Id, "evict", new ChangeAccess("x"), "\"99\"")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _gate.PostAsync(agent.Id, "evict", new ChangeAccess("  "), tag)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _gate.PostAsync(new HostId(Guid.Parse("01900000-0000-7000-8000-000000000000")), "evict", new ChangeAccess("x"), tag)).StatusCode);
        Assert.Equal("live", (await _gate.HostAsync(agent.Id)).Value.State);
    }

    [Fact]
    public async Task Evict_BannedHost_IsRefusedForItWouldLiftTheBan()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "ban-stays");
        await _gate.ActAsync(agent.Id, "ban");
        string tag = (await _gate.HostAsync(agent.Id)).ETag;

        Assert.Equal(HttpStatusCode.Conflict, (await _gate.PostAsync(agent.Id, "evict", new ChangeAccess("softer"), tag)).StatusCode);
        Assert.Equal("banned", (await _gate.HostAsync(agent.Id)).Value.State);
    }

    [Fact]
    public async Task Banned_Everywhere_IsShownAsSuch()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "shown-banned");
        await agent.ConnectAsync();
        await agent.ReportFunctionsAsync("h", "0000:01:00.0");
        await _gate.ActAsync(agent.Id, "ban", "shown");

        Page<HostView> banned = await _gate.Api.ListHostsAsync(new("state:banned and name:shown-banned"), Ct);
        Page<FunctionView> functions = await _gate.Api.ListFunctionsAsync(new("state:banned and host:shown-banned"), Ct);
        OverviewView overview = await _gate.Api.GetOverviewAsync(Ct);

        Assert.Equal(agent.Id, Assert.Single(banned.Items).Id);
        Assert.Single(functions.Items);
        Assert.True(overview.Hosts["banned"] >= 1);
        await _gate.ScrapedAsync("""pcifleet_hosts\{[^}]*state="banned"[^}]*\} [1-9]""");
        await _gate.ScrapedAsync("""pcifleet_hosts\{[^}]*state="evicted"[^}]*\} \d""");
        await WaitFor.TrueAsync(async () => (await _gate.EventsAsync($"kind:host.state and host:{agent.Id}")).Any(told => told.Detail!.Contains("banned") && told.Detail.Contains("shown")));
    }

    [Fact]
    public async Task Attest_FunctionOfAnEvictedHost_IsRefused()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "no-jobs");
        await agent.ConnectAsync();
        await agent.ReportFunctionsAsync("h", "0000:01:00.0");
        await _gate.ActAsync(agent.Id, "evict");

        HttpResponseMessage answer = await _gate.Http.PostAsync($"/api/v1/functions/{agent.Id}-0000:01:00.0:attest", null, Ct);

        Assert.False(answer.IsSuccessStatusCode);
    }
}
