using System.Net;
using Fleet.Contracts;

namespace Fleet.Client.Tests;

public sealed class FleetApiTests
{
    private static readonly HostId Host = HostId.Parse("0193a7c2e07a7a10b2c3d4e5f6a7b8c9");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListHosts_FilterCursorAndLimit_AreEscapedIntoTheQuery()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(200, """{"items":[],"next":null,"total":0}""");

        Page<HostView> page = await server.Api.ListHostsAsync(new ListQuery("label:pool=prod and doe:\"0001:01\"", "a+b/c=", 50), Ct);

        Assert.Empty(page.Items);
        Assert.Equal(
            "/api/v1/hosts?q=label%3Apool%3Dprod%20and%20doe%3A%220001%3A01%22&cursor=a%2Bb%2Fc%3D&limit=50", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task ListEvents_NothingAsked_SendsNoQuery()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(200, """{"items":[{"time":"2026-11-22T14:15:35.348Z","kind":"contention.access","sequence":7}],"next":"c"}""");

        Page<FleetEvent> page = await server.Api.ListEventsAsync(new ListQuery(), Ct);

        Assert.Equal("/api/v1/events", server.Requests[0].Path);
        Assert.Equal(7, Assert.Single(page.Items).Sequence);
        Assert.Equal("c", page.Next);
    }

    [Fact]
    public async Task GetContention_Range_IsSentInUtc()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(200, """{"from":"2026-11-22T08:00:00Z","to":"2026-11-22T14:00:00Z","stepSeconds":300,"groups":[],"total":0}""");

        await server.Api.GetContentionAsync(
            new ContentionQuery { By = ["caller", "device"], From = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.FromHours(2)), StepSeconds = 300 }, Ct);

        Assert.Equal("/api/v1/contention?by=caller%2Cdevice&from=2026-11-22T08%3A00%3A00.000Z&step=300", server.Requests[0].Path);
    }

    [Fact]
    public async Task PatchHost_Tag_IsSentAsIfMatchAndNullKeepsItsMeaning()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(412, """{"title":"Precondition Failed","detail":"host r12 changed since you read it","code":"stale"}""", type: "application/problem+json");

        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => server.Api.PatchHostAsync(
            Host, new PatchHost(new Dictionary<string, string?> { ["pool"] = "prod", ["old"] = null }), "\"7\"", Ct));

        Assert.Equal("\"7\"", server.Requests[0].Headers["If-Match"]);
        Assert.Equal("PATCH", server.Requests[0].Method);
        Assert.Contains("\"old\":null", server.Requests[0].Body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.PreconditionFailed, ErrorCodes.Stale), (refused.Status, refused.Code));
        Assert.Equal("host r12 changed since you read it", refused.Detail);
    }

    [Fact]
    public async Task PutPolicy_NoTag_AsksThatItMustNotExist()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(400, """{"title":"Bad Request","code":"invalid","errors":[{"line":6,"column":9,"path":"spec.mode","message":"no such mode"}]}""", type: "application/problem+json");

        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => server.Api.PutPolicyAsync("a b", "kind: ClaimPolicy\n", null, Ct));

        StubServer.Asked asked = server.Requests[0];
        Assert.Equal(("PUT", "/api/v1/policies/a%20b", "*"), (asked.Method, asked.Path, asked.Headers["If-None-Match"]));
        Assert.StartsWith("application/yaml", asked.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("kind: ClaimPolicy\n", asked.Body);
        Assert.Equal(new Diagnostic(6, 9, "spec.mode", "no such mode"), Assert.Single(refused.Diagnostics));
    }

    [Fact]
    public async Task GetHost_StrongTag_IsKeptWithItsQuotes()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(200, $$"""{"id":"{{Host}}","name":"r12","state":"live","lastSeen":"2026-11-22T14:00:00Z","joined":"2026-11-01T00:00:00Z"}""", "\"41\"");

        Tagged<HostView> host = await server.Api.GetHostAsync(Host, Ct);

        Assert.Equal("\"41\"", host.ETag);
        Assert.Equal(Host, host.Value.Id);
    }

    [Fact]
    public async Task CreateRollout_Key_IsSent()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(409, "<html>proxy</html>", type: "text/html");

        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(
            () => server.Api.CreateRolloutAsync(new CreateRollout { Policy = "p", Waves = [new WaveSpec(100)] }, "key-1", Ct));

        Assert.Equal("key-1", server.Requests[0].Headers["Idempotency-Key"]);
        Assert.Equal(ErrorCodes.Conflict, refused.Code);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("abort")]
    public async Task Act_Verb_IsPartOfThePath(string verb)
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(404, """{"title":"Not Found","code":"not-found"}""", type: "application/problem+json");

        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => verb switch
        {
            "pause" => server.Api.PauseRolloutAsync("0a", Ct),
            "resume" => server.Api.ResumeRolloutAsync("0a", Ct),
            _ => server.Api.AbortRolloutAsync("0a", Ct),
        });

        Assert.Equal($"POST /api/v1/rollouts/0a:{verb}", $"{server.Requests[0].Method} {server.Requests[0].Path}");
        Assert.Equal(ErrorCodes.NotFound, refused.Code);
    }

    [Fact]
    public async Task Get_BodyIsNoJson_SaysWhatWasAsked()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Json(200, "{\"items\":[");

        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => server.Api.ListPoliciesAsync(new ListQuery(), Ct));

        Assert.Equal(FleetApiException.Unexpected, refused.Code);
        Assert.Contains("GET", refused.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NobodyListens_IsUnreachable()
    {
        StubServer server = await StubServer.StartAsync();
        using HttpClient http = new() { BaseAddress = server.Http.BaseAddress };
        await server.DisposeAsync();

        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => new FleetApi(http).GetVersionAsync(Ct));

        Assert.Null(refused.Status);
        Assert.Equal(FleetApiException.Unreachable, refused.Code);
    }

    [Fact]
    public async Task Get_ServerIsSlow_IsUnreachableAndNamesTheLimit()
    {
        await using StubServer server = await StubServer.StartAsync();
        server.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        server.Http.Timeout = TimeSpan.FromMilliseconds(200);

        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => server.Api.GetVersionAsync(Ct));

        Assert.Equal(FleetApiException.Unreachable, refused.Code);
        Assert.Contains("no answer within", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_CallerGivesUp_IsCancelled()
    {
        await using StubServer server = await StubServer.StartAsync();
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        server.Answer = async http =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.Api.GetOverviewAsync(cancel.Token));
    }
}
