using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Client.Tests;

/// <summary>A real HTTP server on loopback that answers what a test says and keeps what it was asked.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();

    private StubServer(WebApplication app) => _app = app;

    public List<Asked> Requests { get; } = [];

    public Func<HttpContext, Task> Answer { get; set; } = http => Results.Ok().ExecuteAsync(http);

    public HttpClient Http => _http;

    public FleetApi Api => new(_http);

    public static async Task<StubServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        StubServer server = new(app);
        app.Run(server.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        server._http.BaseAddress = new Uri(app.Urls.First() + "/");
        return server;
    }

    public void Json(int status, string body, string? eTag = null, string type = "application/json") => Answer = http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        if (eTag is not null)
        {
            http.Response.Headers.ETag = eTag;
        }

        return http.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        using StreamReader reader = new(http.Request.Body);
        Requests.Add(new Asked(
            http.Request.Method,
            http.Request.Path + http.Request.QueryString.Value,
            http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync(http.RequestAborted)));
        await Answer(http);
    }

    internal sealed record Asked(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);
}
