using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Identity;
using Fleet.Server.Tests.Host;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Access;

/// <summary>Every operation of the API, by what it needs: nobody gets in without it, and with exactly that one does.</summary>
[Collection(SharedServer.Name)]
public sealed class EndpointScopeTests(TestServer server)
{
    private static readonly string[] ForAnybodyKnown = ["/api/v1/version", "/api/v1/limits"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Operations_AllButWhoAmI_NeedOneKnownScopeAndEachScopeIsNeeded()
    {
        Operation[] operations = Operations();

        Assert.True(operations.Length > 40, "the operations were not found");
        Assert.Equal(ForAnybodyKnown.Order(), operations.Where(operation => operation.Scope is null).Select(operation => operation.Path).Order());
        Assert.All(operations, operation => Assert.True(operation.Scope is null || Scopes.IsKnown(operation.Scope), $"{operation}"));
        Assert.Equal(Scopes.All.Select(scope => scope.Name).Order(), operations.Select(operation => operation.Scope).OfType<string>().Distinct().Order());
    }

    [Fact]
    public void Operations_ThatOnlyReadByTheirScope_ChangeNothing()
    {
        // A document is checked by POST because it is a body; it is stored nowhere.
        Assert.All(
            Operations().Where(operation => operation.Scope is null || Scopes.OnlyReads(operation.Scope)),
            operation => Assert.True(operation.Method is "GET" || operation.Path is "/api/v1/policies:validate", $"{operation} lets a cookie change something"));
        Assert.All(Operations().Where(operation => operation.Scope is not null && !Scopes.OnlyReads(operation.Scope)), operation => Assert.NotEqual("GET", operation.Method));
    }

    [Fact]
    public async Task Operations_Anonymous_AreRefused()
    {
        using HttpClient anonymous = server.Anonymous();

        Assert.All(await SweepAsync(anonymous, Operations()), answer => Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), (answer.Status, answer.Code)));
    }

    [Fact]
    public async Task Operations_TokenWithEveryOtherScope_AreRefusedByTheNameOfTheirs()
    {
        foreach (IGrouping<string, Operation> scope in Operations().Where(operation => operation.Scope is not null).GroupBy(operation => operation.Scope!))
        {
            using Bearer bearer = await Bearer.MakeAsync(server, [.. Scopes.All.Select(known => known.Name).Where(known => known != scope.Key)]);

            Assert.All(await SweepAsync(bearer.Http, scope), answer =>
            {
                Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.ScopeMissing, scope.Key), (answer.Status, answer.Code, answer.Scope));
                Assert.Contains(bearer.Who, answer.Detail, StringComparison.Ordinal);
            });
        }
    }

    [Fact]
    public async Task Operations_TokenWithExactlyTheirScope_AreLetThrough()
    {
        foreach (IGrouping<string?, Operation> scope in Operations().GroupBy(operation => operation.Scope))
        {
            using Bearer bearer = await Bearer.MakeAsync(server, [scope.Key ?? Scopes.AuditRead]);

            // What they are asked for is nonsense, and they say so.
            Assert.All(await SweepAsync(bearer.Http, scope), answer =>
                Assert.True(answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)answer.Status < 500, $"{answer}"));
        }
    }

    [Fact]
    public async Task OpenApi_EveryOperation_NamesItsScope()
    {
        using HttpClient anonymous = server.Anonymous();
        JsonElement paths = JsonDocument.Parse(await anonymous.GetStringAsync("/openapi/v1.json", Ct)).RootElement.GetProperty("paths");

        foreach (Operation operation in Operations().Where(operation => operation.Scope is not null))
        {
            JsonElement described = paths.EnumerateObject().Single(path => path.Name.TrimEnd('/') == operation.Pattern.TrimEnd('/')).Value.GetProperty(operation.Method.ToLowerInvariant());
            Assert.Equal(operation.Scope, described.GetProperty("security")[0].GetProperty("bearer")[0].GetString());
        }
    }

    private static async Task<List<Answer>> SweepAsync(HttpClient client, IEnumerable<Operation> operations)
    {
        List<Answer> answers = [];
        foreach (Operation operation in operations)
        {
            using HttpRequestMessage request = new(new HttpMethod(operation.Method), operation.Path + (operation.Path.EndsWith("/stream", StringComparison.Ordinal) ? "?follow=false" : ""));
            if (operation.Method is not "GET" and not "DELETE")
            {
                request.Content = JsonContent.Create(new { }, options: FleetJson.Options);
            }

            using HttpResponseMessage response = await client.SendAsync(request, Ct);
            bool problem = response.Content.Headers.ContentType?.MediaType is "application/problem+json";
            (_, string code, string? scope, string detail) = problem ? await Bearer.ProblemAsync(response) : (default, "", null, "");
            answers.Add(new Answer(operation, response.StatusCode, code, scope, detail));
        }

        return answers;
    }

    private Operation[] Operations() =>
    [
        .. from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
           where pattern.StartsWith("/api/", StringComparison.Ordinal)
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           select new Operation(method, pattern.Replace(":int}", "}", StringComparison.Ordinal), endpoint.Metadata.GetMetadata<NeededScope>()?.Name),
    ];

    private sealed record Operation(string Method, string Pattern, string? Scope)
    {
        /// <summary>A path of that pattern where there is nothing.</summary>
        public string Path => Pattern.Replace("{number}", "1", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
    }

    private sealed record Answer(Operation Operation, HttpStatusCode Status, string Code, string? Scope, string Detail);
}
