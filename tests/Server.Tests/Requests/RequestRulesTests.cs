using System.Net;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Http.Requests;
using Fleet.Server.Tests.Host;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.Server.Tests.Requests;

/// <summary>What is misspelt is said, in the words of the API; it is never as if it were not there.</summary>
[Collection(SharedServer.Name)]
public sealed class RequestRulesTests(TestServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dry-run=true")]
    [InlineData("dry_run=true&dryRun=false")]
    [InlineData("dryRun")]
    [InlineData("dryRun=yes")]
    [InlineData("dryRun=true&dryrun=false")]
    public async Task Delete_MisspeltDryRun_DeletesNothing(string query)
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, $"kept-{query.Length}");
        using HttpClient admin = server.Admin();
        using HttpRequestMessage request = new(HttpMethod.Delete, $"/api/v1/hosts/{agent.Id}?{query}");
        request.Headers.Add("If-Match", "*");

        using HttpResponseMessage answer = await admin.SendAsync(request, Ct);

        string detail = await DetailAsync(answer, HttpStatusCode.BadRequest, "invalid");
        Assert.Contains("dryRun", detail, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync($"/api/v1/hosts/{agent.Id}", Ct)).StatusCode);
    }

    [Theory]
    [InlineData("hosts?colour=red", "There is no parameter 'colour' here; there is: cursor, limit, q")]
    [InlineData("version?verbose=true", "there is: none")]
    [InlineData("hosts?limit=abc", "limit is 'abc'; it must be a whole number.")]
    [InlineData("events?since=yesterday", "since is 'yesterday'; it must be a time as 2026-01-31T12:00:00Z")]
    [InlineData("events/stream?follow=0", "follow is '0'; it must be true or false.")]
    [InlineData("tokens?active=", "active is ''; it must be true or false.")]
    public async Task Get_QueryThatIsNotKnown_SaysWhatThereIs(string path, string expected)
    {
        using HttpClient admin = server.Admin();
        using HttpResponseMessage answer = await admin.GetAsync($"/api/v1/{path}", Ct);

        Assert.Contains(expected, await DetailAsync(answer, HttpStatusCode.BadRequest, "invalid"));
    }

    [Fact]
    public async Task Query_NameInAnotherCase_IsTheSameName()
    {
        using HttpClient admin = server.Admin();
        using HttpResponseMessage answer = await admin.GetAsync("/api/v1/hosts?LIMIT=0", Ct);

        Assert.Equal("limit is 0; it must be 1 to 5000.", await DetailAsync(answer, HttpStatusCode.BadRequest, "invalid"));
    }

    [Theory]
    [InlineData("rollouts", """{ "policy": "p", "waves": [{ "percent": 100, "bakeSecond": 600 }] }""", "There is no member 'bakeSecond' in the body (line 1, byte 58); it may have percent, bakeSeconds, pauseAfter. Nothing was done.")]
    [InlineData("rollouts", """{ "policy": "p", "gates": 1 }""", "There is no member 'gates' in the body (line 1, byte 25); it may have policy, revision, waves, paused. Nothing was done.")]
    [InlineData("rollouts", """{ "policy": "p" }""", "The body lacks waves; it may have policy, revision, waves, paused.")]
    [InlineData("rollouts", """{ "policy": "p", "waves": [{ "percent": "all" }] }""", "waves[0].percent has a value of the wrong kind (line 1, byte 45); it must be a whole number.")]
    [InlineData("join-tokens", "[]", "The body has a value of the wrong kind (line 1, byte 1); it must be an object.")]
    [InlineData("join-tokens", "uses=1", "The body is no JSON (line 1, byte 1): 'u' is an invalid start of a value.")]
    [InlineData("join-tokens", "", "This takes a JSON body; send it with Content-Type: application/json. There is none.")]
    [InlineData("quarantine:release", """{ "function": "x", "reason": "y" }""", "function (line 1, byte 17): ")]
    public async Task Post_BodyThatDoesNotFit_SaysWhereAndWhatFits(string path, string body, string expected)
    {
        using HttpClient admin = server.Admin();
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await admin.PostAsync($"/api/v1/{path}", content, Ct);

        Assert.StartsWith(expected, await DetailAsync(answer, HttpStatusCode.BadRequest, "invalid"));
    }

    [Fact]
    public void Bodies_OfTheApi_AreReadStrictly()
    {
        JsonSerializerOptions options = server.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        Type[] bodies =
        [
            .. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
                .Select(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType).OfType<Type>().Distinct(),
        ];

        // A snapshot of Redfish has members of others' invention.
        Assert.True(bodies.Length > 5);
        Assert.Empty(bodies.SelectMany(body => Parts(body, options)).Where(type => type != typeof(RedfishMeasurements)).Except(StrictBodies.Types));
        Assert.All(StrictBodies.Types, type => Assert.Equal(System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow, options.GetTypeInfo(type).UnmappedMemberHandling));
    }

    [Theory]
    [InlineData("POST", "/api/v1/hosts", "GET, HEAD")]
    [InlineData("PUT", "/api/v1/version", "GET, HEAD")]
    public async Task WrongMethod_Known_IsToldWhatThereIs(string method, string path, string allow)
    {
        using HttpClient admin = server.Admin();
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage answer = await admin.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
        Assert.Contains(allow, await DetailAsync(answer, HttpStatusCode.MethodNotAllowed, "method-not-allowed"));
    }

    [Theory]
    [InlineData("POST", "/api/v1/hosts")]
    [InlineData("HEAD", "/api/v1/hosts")]
    [InlineData("POST", "/api/v1/rollouts")]
    [InlineData("GET", "/api/v1/nothing")]
    public async Task WrongMethodOrType_Anonymous_LearnsNothing(string method, string path)
    {
        using HttpClient anonymous = server.Anonymous();
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (method is "POST")
        {
            request.Content = new StringContent("uses=1", Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        using HttpResponseMessage answer = await anonymous.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("rollouts")]
    [InlineData("join-tokens")]
    public async Task Post_AsCurlDoesByDefault_IsToldTheType(string path)
    {
        using HttpClient admin = server.Admin();
        using StringContent content = new("{}", Encoding.UTF8, "application/x-www-form-urlencoded");
        using HttpResponseMessage answer = await admin.PostAsync($"/api/v1/{path}", content, Ct);

        Assert.Contains("Content-Type: application/json", await DetailAsync(answer, HttpStatusCode.UnsupportedMediaType, "invalid"));
    }

    [Theory]
    [InlineData("/api/v1/hosts")]
    [InlineData("/api/v1/events/stream")]
    [InlineData("/healthz")]
    public async Task Head_WhereThereIsGet_AnswersWithoutABody(string path)
    {
        using HttpClient admin = server.Admin();
        using HttpRequestMessage request = new(HttpMethod.Head, path);
        using HttpResponseMessage answer = await admin.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    private static IEnumerable<Type> Parts(Type type, JsonSerializerOptions options)
    {
        System.Text.Json.Serialization.Metadata.JsonTypeInfo info = options.GetTypeInfo(type);
        return info.ElementType is { } element ? Parts(element, options)
            : info.Kind is System.Text.Json.Serialization.Metadata.JsonTypeInfoKind.Object ? info.Properties.SelectMany(property => Parts(property.PropertyType, options)).Prepend(type)
            : [];
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        string text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        string detail = problem.GetProperty("detail").GetString()!;
        Assert.DoesNotContain("Fleet.", detail);
        Assert.DoesNotContain(".NET", detail);
        Assert.DoesNotContain("System.", detail);
        return detail;
    }
}
