using System.Net.Sockets;
using Fleet.Agent.Local.Routes;
using Fleet.Contracts;

namespace Fleet.Agent.Local;

/// <summary>
/// The host's own API, HTTP and JSON on a unix socket. The kernel says who is at the other end; each route says who may call it. In
/// this room: Routes (one file for each sort of thing), LocalRoute (the guard before them), LocalClient and what commands need.
/// </summary>
internal sealed class LocalApi : IAsyncDisposable
{
    private const UnixFileMode ForEverybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly WebApplication _app;
    private readonly string _path;

    private LocalApi(WebApplication app, string path)
    {
        _app = app;
        _path = path;
    }

    /// <summary>Every route with its rule, as "METHOD pattern"; null for one that nobody may call.</summary>
    public IReadOnlyDictionary<string, LocalRule?> Rules => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints)
        .OfType<RouteEndpoint>()
        .ToDictionary(
            endpoint => $"{endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0]} {endpoint.RoutePattern.RawText}",
            endpoint => endpoint.Metadata.OfType<LocalRule>().Cast<LocalRule?>().FirstOrDefault());

    public static async Task<LocalApi> StartAsync(AgentHost host, string path, TimeProvider time, ILogger log, CancellationToken ct)
    {
        File.Delete(path); // Left by a killed agent: we hold the lock, so nobody listens.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        LocalConnections connections = new();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenUnixSocket(path, listen => listen.Use(connections.Limit));
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(host.Hashes);
        builder.Services.ConfigureHttpJsonOptions(json => FleetJson.Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        WebApplication app = builder.Build();
        app.UseRouting();
        app.Use(next => context => LocalRoute.GuardAsync(context, next, log));
        FunctionRoutes.Map(app, host);
        ClaimRoutes.Map(app, host);
        LeaseRoutes.Map(app, host);
        DoeRoutes.Map(app, host);
        HoldRoutes.Map(app, host);
        AttestRoutes.Map(app, host, time);
        RecorderRoutes.Map(app, host);
        StateRoutes.Map(app, host);
        WhoRoutes.Map(app, host, time);
        try
        {
            await app.StartAsync(ct);
            File.SetUnixFileMode(path, ForEverybody);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new AgentStartException($"The local API cannot listen at {path}: {e.Message} Choose another directory with --run.", e);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new LocalApi(app, path);
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        File.Delete(_path);
    }
}
