// The composition root: what a server process consists of, in the order in which it is built.
using Fleet.Contracts;
using Fleet.Server.Dashboard;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Telling;
using Fleet.Server.Features.About;
using Fleet.Server.Features.Agents;
using Fleet.Server.Features.Attestation;
using Fleet.Server.Features.Audit;
using Fleet.Server.Features.Authority;
using Fleet.Server.Features.Claims;
using Fleet.Server.Features.Contention;
using Fleet.Server.Features.Enrolment;
using Fleet.Server.Features.Events;
using Fleet.Server.Features.Functions;
using Fleet.Server.Features.Hosts;
using Fleet.Server.Features.JoinTokens;
using Fleet.Server.Features.Mailboxes;
using Fleet.Server.Features.Overview;
using Fleet.Server.Features.Policies;
using Fleet.Server.Features.Rollouts;
using Fleet.Server.Features.Servers;
using Fleet.Server.Features.Session;
using Fleet.Server.Features.SignIns;
using Fleet.Server.Features.Tokens;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Http.Requests;
using Fleet.Server.Identity;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Fleet.Server.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fleet.Server.Hosting;

/// <summary>One running server.</summary>
internal sealed class ServerApp : IAsyncDisposable
{
    public const int MaxBodyBytes = 1024 * 1024;
    private readonly WebApplication _app;
    private readonly DataDirectory _data;

    private ServerApp(WebApplication app, DataDirectory data)
    {
        _app = app;
        _data = data;
    }

    public IServiceProvider Services => _app.Services;

    public BoundAddresses Addresses => Services.GetRequiredService<BoundAddresses>();

    /// <summary>Starts a server; returns when it listens on both ports.</summary>
    /// <exception cref="StartException">Something stands in the way.</exception>
    public static async Task<ServerApp> StartAsync(ServerOptions options, CancellationToken ct, Action<WebApplicationBuilder>? adjust = null)
    {
        DataDirectory data = DataDirectory.Open(options.DataDirectory, options.Keys);
        WebApplication? app = null;
        try
        {
            using (await data.LockKeysAsync(ct))
            {
                app = Build(options, data, adjust); // Of servers that begin with an empty directory of keys one makes them.
            }

            await Startup.RunAsync(app, options, data, ct);
            OnStopping(app);
            return new ServerApp(app, data);
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            data.Dispose();
            throw;
        }
    }

    public Task RunUntilStoppedAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Dispose();
    }

    // Registered last and so called first: agents hear of it while they can still be told.
    private static void OnStopping(WebApplication app) => app.Lifetime.ApplicationStopping.Register(() =>
        app.Services.GetRequiredService<AgentSpread>().SayFarewellAsync(TimeProvider.System).GetAwaiter().GetResult());

    private static WebApplication Build(ServerOptions options, DataDirectory data, Action<WebApplicationBuilder>? adjust)
    {
        // The content is beside the program, whatever directory it was started in.
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "fleet-server",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore.Database", LogLevel.Critical).AddFilter("Microsoft.EntityFrameworkCore.Query", LogLevel.Critical)
            .AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.Critical).AddFilter("Npgsql", LogLevel.Critical)
            .AddFilter("Microsoft.Hosting", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            .AddFilter(typeof(BearerHandler).FullName, LogLevel.Warning);
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(options.Http);
            kestrel.Listen(options.Agents, listen => AgentsPort.Listen(
                listen, kestrel.ApplicationServices.GetRequiredService<ServerCertificate>(), kestrel.ApplicationServices.GetRequiredService<HandshakeQueue>()));
        });
        AddServices(builder.Services, options, data);
        adjust?.Invoke(builder);
        WebApplication app = builder.Build();
        Map(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, ServerOptions options, DataDirectory data)
    {
        services.AddSingleton(options).AddSingleton(data).AddSingleton(TimeProvider.System).AddSingleton<BoundAddresses>();
        services.AddDatabase(options, data).AddCell(options);
        services.AddSingleton<ContentionReader>().AddSingleton<EventFlow>();
        services.AddSingleton<EventWriter>().AddHostedService(provider => provider.GetRequiredService<EventWriter>()).AddSingleton<PassedMidnights>().AddHostedService<Retention>();
        services.AddSingleton<Outbox>().AddHostedService<OutboxTeller>();
        services.AddSingleton<HandshakeQueue>().AddSingleton<AgentPlaces>().AddSingleton<SocketTransportFactory>().AddSingleton<IConnectionListenerFactory, AgentsTransport>();
        services.AddSingleton<LiveFeed>().AddSingleton<HostDirectory>().AddSingleton<HostPresence>().AddSingleton<MachineKin>().AddSingleton<FleetViews>();
        services.AddSingleton<PresenceWatch>().AddHostedService(provider => provider.GetRequiredService<PresenceWatch>());
        services.ConfigureHttpJsonOptions(json =>
        {
            FleetJson.Configure(json.SerializerOptions);
            StrictBodies.Configure(json.SerializerOptions);
        });
        services.AddAccess(options, data).AddAuthority(options, data).AddRateLimits(options.EnrolRate).AddProblems().AddApiDocument().AddFleetMetrics();
        services.AddAgents().AddHosts().AddSingleton<EnrollHost.Services>().AddSingleton<RefusedJoins>();
        services.AddPolicies().AddRollouts();
        services.AddAttestation(options);
        services.AddDashboard();
    }

    private static void Map(WebApplication app)
    {
        app.UseProblems();
        app.UseBrowserRules();
        app.UseHead();
        app.UseApiPage();
        app.UseRouting();
        app.UsePortSeparation();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseQueryRules();
        app.UseAntiforgery();
        app.MapApiDocument();
        app.MapFleetMetrics();
        app.MapHealth();
        app.MapEnrolment();
        app.MapAgents();
        app.MapSession();
        app.MapDashboard();

        RouteGroupBuilder api = app.MapGroup("/api/v1").AddEndpointFilter<RetryConflicts>();
        QueryParameters.Declare(api);
        api.MapAbout();
        api.MapServers();
        api.MapHosts();
        api.MapFunctions();
        api.MapMailboxes();
        api.MapClaims();
        api.MapEvents();
        api.MapContention();
        api.MapOverview();
        api.MapJoinTokens();
        api.MapTokens();
        api.MapSignIns();
        api.MapPolicies();
        api.MapRollouts();
        api.MapAttestation();
        api.MapAudit();
        api.MapAuthority();
    }
}
