using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests;

[Collection(SharedServer.Name)]
public sealed class ApiTests(TestServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Endpoints_Every_DeclaresWhoMayUseIt()
    {
        // The framework's own fallback for static files in a build output says nothing; the fallback policy keeps it shut.
        Endpoint[] endpoints =
            [.. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Where(endpoint => endpoint.DisplayName is not "Fallback {**path:file}")];

        Assert.NotEmpty(endpoints);
        Assert.DoesNotContain(endpoints, endpoint =>
            endpoint.Metadata.GetMetadata<IAuthorizeData>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null);
    }

    [Fact]
    public async Task Endpoints_AnonymousSweep_NoneOfTheApiAnswers()
    {
        using HttpClient anonymous = server.Anonymous();
        List<string> answered = [];
        foreach (RouteEndpoint endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            string path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            if (!path.StartsWith("/api/", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (string method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                using HttpRequestMessage request = new(new HttpMethod(method), path);
                using HttpResponseMessage response = await anonymous.SendAsync(request, Ct);
                if (response.StatusCode is not HttpStatusCode.Unauthorized)
                {
                    answered.Add($"{method} {path}: {(int)response.StatusCode}");
                }
            }
        }

        Assert.Empty(answered);
    }

    [Fact]
    public async Task AgentsPort_OperatorsPaths_AreNotThere()
    {
        using HttpClient client = new(TestAgent.Handler(null)) { BaseAddress = server.Agents };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.AdminToken);

        foreach (string path in (string[])["/api/v1/hosts", "/metrics", "/healthz", "/openapi/v1.json", "/signin", "/docs/index.html"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path, Ct)).StatusCode);
        }
    }

    [Theory]
    [InlineData("/api/v1/hosts?q=name:a and", "invalid-filter", 10)]
    [InlineData("/api/v1/functions?q=nonsense:1", "invalid-filter", 0)]
    [InlineData("/api/v1/events?q=kind:a or (", "invalid-filter", 11)]
    [InlineData("/api/v1/hosts?q=name:a and state:bogus", "invalid-filter", 11)]
    [InlineData("/api/v1/hosts?q=not duplicate:yes", "invalid-filter", 4)]
    [InlineData("/api/v1/hosts?q=functions!=many", "invalid-filter", 0)]
    [InlineData("/api/v1/functions?q=(state:gone)", "invalid-filter", 1)]
    [InlineData("/api/v1/mailboxes?q=state:bogus", "invalid-filter", 0)]
    [InlineData("/api/v1/claims?q=source:bogus", "invalid-filter", 0)]
    [InlineData("/api/v1/events?q=time:zzz", "invalid-filter", 0)]
    [InlineData("/api/v1/events?q=kind:contention.acess", "invalid-filter", 0)]
    [InlineData("/api/v1/events/stream?follow=false&q=decision:maybe", "invalid-filter", 0)]
    [InlineData("/api/v1/contention?q=decision:maybe", "invalid-filter", 0)]
    [InlineData("/api/v1/policies?q=mode:sharp", "invalid-filter", 0)]
    [InlineData("/api/v1/rollouts?q=phase:stuck", "invalid-filter", 0)]
    [InlineData("/api/v1/attestations?q=state:bad", "invalid-filter", 0)]
    [InlineData("/api/v1/baselines?q=pinned:1", "invalid-filter", 0)]
    public async Task List_BadFilter_AnswersWithItsPosition(string path, string code, int position)
    {
        JsonElement problem = await ProblemAsync(path, HttpStatusCode.BadRequest);

        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(position, problem.GetProperty("position").GetInt32());
        Assert.Equal(position + 1, problem.GetProperty("errors")[0].GetProperty("column").GetInt32());
    }

    [Theory]
    [InlineData("/api/v1/hosts/nowhere", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/hosts?limit=0", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("/api/v1/hosts?limit=many", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("/api/v1/events?cursor=there", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("/api/v1/contention?by=mood", HttpStatusCode.BadRequest, "invalid")]
    public async Task Get_BadRequest_AnswersWithCode(string path, HttpStatusCode status, string code) =>
        Assert.Equal(code, (await ProblemAsync(path, status)).GetProperty("code").GetString());

    [Theory]
    [InlineData("/api/v1/hosts?q=state:SILENT or state:s* or mode:observe or contentions:0x10")]
    [InlineData("/api/v1/events?q=kind:contention.* and offset:0x34* and time:2026-01-31* and not source:policy")]
    [InlineData("/api/v1/events?q=kind:\"of.a.later.version\"")]
    [InlineData("/api/v1/attestations?q=state:failed and quarantined:true")]
    public async Task List_FilterForWhatThereCanBe_IsAnswered(string path)
    {
        using HttpClient admin = server.Admin();

        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync(path, Ct)).StatusCode);
    }

    [Fact]
    public async Task Labels_WithoutStaleAndRightTag_AreRefusedRefusedAndSet()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "labelled");
        using HttpClient admin = server.Admin();
        HttpResponseMessage read = await admin.GetAsync($"/api/v1/hosts/{agent.Id}", Ct);
        string tag = read.Headers.ETag!.ToString();

        Assert.Equal(HttpStatusCode.PreconditionRequired, (await PatchAsync(admin, agent, null)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PatchAsync(admin, agent, "\"999\"")).StatusCode);
        HttpResponseMessage changed = await PatchAsync(admin, agent, tag);
        Assert.Equal("prod", (await changed.Content.ReadFromJsonAsync<HostView>(FleetJson.Options, Ct))!.Labels["pool"]);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PatchAsync(admin, agent, tag)).StatusCode);
    }

    [Fact]
    public async Task Functions_OfAHostByName_AreListedPageByPageAndDecoded()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "inventory-host");
        Assert.True((await agent.ConnectAsync()).WantInventory);
        await agent.ReportFunctionsAsync("hash", "0000:00:00.0", "0000:01:00.0", "10000:00:00.0");
        using HttpClient admin = server.Admin();

        Page<FunctionView> first = await GetAsync<Page<FunctionView>>(admin, "/api/v1/functions?q=host:inventory-host&limit=2");
        Page<FunctionView> second = await GetAsync<Page<FunctionView>>(admin, $"/api/v1/functions?q=host:inventory-host&limit=2&cursor={first.Next}");
        FunctionDetail detail = await GetAsync<FunctionDetail>(admin, $"/api/v1/hosts/{agent.Id}/functions/0000:01:00.0");

        Assert.Equal(["0000:00:00.0", "0000:01:00.0", "10000:00:00.0"], first.Items.Concat(second.Items).Select(item => item.Address.ToString()));
        Assert.Null(second.Next);
        Assert.Equal(0, detail.Decoded[0].Offset);
        Assert.NotEmpty(detail.Decoded[0].Registers);
        Assert.Equal("live", detail.Function.HostState);
    }

    [Fact]
    public async Task Stream_FromTheBeginning_SendsWhatIsStoredWithPositions()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "streamed");
        await agent.ConnectAsync();
        await agent.PushAsync(agent.Contention(1), agent.Contention(2));
        using HttpClient admin = server.Admin();
        admin.DefaultRequestHeaders.Accept.ParseAdd("application/x-ndjson");

        string day = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        string text = await admin.GetStringAsync($"/api/v1/events/stream?follow=false&since={day}-0&q=host:streamed and kind:contention.access", Ct);
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string position = JsonDocument.Parse(lines[0]).RootElement.GetProperty("position").GetString()!;
        string rest = await admin.GetStringAsync($"/api/v1/events/stream?follow=false&since={position}&q=host:streamed and kind:contention.access", Ct);
        string gap = await admin.GetStringAsync("/api/v1/events/stream?follow=false&since=20200101-7", Ct);

        Assert.Equal(2, lines.Length);
        Assert.Single(rest.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("{\"gap\":{\"from\":\"20200101-7\"", gap);
    }

    [Fact]
    public async Task Stream_Following_SendsWhatComes()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "followed");
        await agent.ConnectAsync();
        using HttpClient admin = server.Admin();
        using Stream stream = await admin.GetStreamAsync("/api/v1/events/stream?q=host:followed and kind:contention.access", Ct);
        using StreamReader reader = new(stream);

        await agent.PushAsync(agent.Contention(1));
        string line = (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(WaitFor.Patience, Ct))!;

        Assert.StartsWith("id: ", line);
    }

    [Fact]
    public async Task SignIn_WithTheLinkTwice_WorksOnce()
    {
        string link = (await File.ReadAllTextAsync(Path.Combine(server.Data, "signin.url"), Ct)).Trim();
        string token = link.Split("token=")[1];

        (HttpStatusCode first, string? to, string? cookie) = await SignInAsync(token);
        (_, string? second, _) = await SignInAsync(token);

        Assert.Equal(HttpStatusCode.Redirect, first);
        Assert.Equal("/hosts", to);
        Assert.NotNull(cookie);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("/signin?error=expired", second);
    }

    [Fact]
    public async Task Session_WithoutAntiforgeryToken_IsRefused()
    {
        using HttpClient anonymous = server.Anonymous();
        using FormUrlEncodedContent form = new(new Dictionary<string, string> { ["token"] = server.AdminToken });

        Assert.Equal(HttpStatusCode.BadRequest, (await anonymous.PostAsync("/session", form, Ct)).StatusCode);
    }

    [Fact]
    public async Task Change_WithCookieAlone_IsRefused()
    {
        (_, _, string? cookie) = await SignInAsync(server.AdminToken);
        using HttpClient browser = server.Anonymous();
        browser.DefaultRequestHeaders.Add("Cookie", cookie!.Split(';')[0]);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/hosts", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsJsonAsync("/api/v1/join-tokens", new CreateJoinToken(), Ct)).StatusCode);
    }

    [Fact]
    public async Task Page_ThatIsNotThere_IsSaidByTheDashboard()
    {
        (_, _, string? cookie) = await SignInAsync(server.AdminToken);
        using HttpClient browser = server.Anonymous();
        browser.DefaultRequestHeaders.Add("Cookie", cookie!.Split(';')[0]);
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        using HttpResponseMessage response = await browser.GetAsync("/nothing", Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("There is no page at this address", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task OpenApi_Document_IsTheGoldenOne()
    {
        using HttpClient anonymous = server.Anonymous();

        Golden.Check("openapi.json", await anonymous.GetStringAsync("/openapi/v1.json", Ct));
    }

    [Fact]
    public async Task Model_Migrations_HoldAllOfIt()
    {
        await using FleetDb db = await server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);

        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Metrics_KnownLabels_AreThereFromTheStart()
    {
        using HttpClient anonymous = server.Anonymous();

        string text = await anonymous.GetStringAsync("/metrics", Ct);

        foreach (string name in (string[])["pcifleet_hosts", "pcifleet_functions", "pcifleet_mailboxes", "pcifleet_mailbox_contention_total",
            "pcifleet_ingest_events_total", "pcifleet_ingest_occurrences_total", "pcifleet_ingest_lost_total", "pcifleet_ingest_lag_seconds", "pcifleet_ingest_queue_depth", "pcifleet_agent_connections", "pcifleet_build_info"])
        {
            Assert.Contains($"\n{name}{{", text);
        }
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Secrets_OnDisk_AreTheOwnersAlone()
    {
        await TestAgent.TokenAsync(server);

        foreach (string file in (string[])["admin.token", "signin.url", "pki/ca.key", .. TestDatabase.Files])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Data, file)));
        }
    }

    private static Task<HttpResponseMessage> PatchAsync(HttpClient admin, TestAgent agent, string? tag)
    {
        HttpRequestMessage request = new(HttpMethod.Patch, $"/api/v1/hosts/{agent.Id}")
        {
            Content = JsonContent.Create(new PatchHost(new Dictionary<string, string?> { ["pool"] = "prod" }), options: FleetJson.Options),
        };
        if (tag is not null)
        {
            request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(tag));
        }

        return admin.SendAsync(request, Ct);
    }

    private static async Task<T> GetAsync<T>(HttpClient client, string path) => (await client.GetFromJsonAsync<T>(path, FleetJson.Options, Ct))!;

    private async Task<JsonElement> ProblemAsync(string path, HttpStatusCode status)
    {
        using HttpClient admin = server.Admin();
        using HttpResponseMessage response = await admin.GetAsync(path, Ct);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
    }

    private async Task<(HttpStatusCode Status, string? Location, string? Cookie)> SignInAsync(string token)
    {
        using HttpClient browser = server.Anonymous();
        using HttpResponseMessage page = await browser.GetAsync("/signin", Ct);
        string html = await page.Content.ReadAsStringAsync(Ct);
        string antiforgery = html.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0];
        browser.DefaultRequestHeaders.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        using FormUrlEncodedContent form = new(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = antiforgery,
            ["token"] = token,
            ["returnUrl"] = "/hosts",
        });
        using HttpResponseMessage answer = await browser.PostAsync("/session", form, Ct);
        string? cookie = answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies)
            ? cookies.FirstOrDefault(value => value.StartsWith("pcifleet=", StringComparison.Ordinal))
            : null;
        return (answer.StatusCode, answer.Headers.Location?.ToString(), cookie);
    }
}
