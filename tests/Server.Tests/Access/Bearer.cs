using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Tests.Host;

namespace Fleet.Server.Tests.Access;

/// <summary>A program with an API token.</summary>
internal sealed class Bearer : IDisposable
{
    private Bearer(HttpClient http, ApiTokenCreated created) => (Http, Created) = (http, created);

    public HttpClient Http { get; }

    public FleetApi Api => new(Http);

    public ApiTokenCreated Created { get; }

    public string Id => Created.View.Id;

    /// <summary>What the audit trail calls it.</summary>
    public string Who => $"token:{Created.View.Name} ({Id})";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Bearer> MakeAsync(TestServer server, IReadOnlyList<string> scopes, long? ttl = null, string name = "ci")
    {
        using HttpClient admin = server.Admin();
        ApiTokenCreated created = await new FleetApi(admin).CreateApiTokenAsync(new CreateApiToken(name, scopes, ttl), Ct);
        return new Bearer(Of(server, created.Token), created);
    }

    public static HttpClient Of(TestServer server, string token)
    {
        HttpClient http = server.Anonymous();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>Status, code and detail of a problem, and the scope that it says is missing.</summary>
    public static async Task<(HttpStatusCode Status, string Code, string? Scope, string Detail)> ProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement;
        string? scope = problem.TryGetProperty("scope", out JsonElement named) ? named.GetString() : null;
        return (answer.StatusCode, problem.GetProperty("code").GetString()!, scope, problem.GetProperty("detail").GetString()!);
    }

    public void Dispose() => Http.Dispose();
}
