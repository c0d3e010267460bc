// The composition root: what a server process consists of, in the order in which it is built.
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Hosting;

/// <summary>One running server.</summary>
internal sealed class ServerApp : IAsyncDisposable
{
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
        DataDirectory data = DataDirectory.Open(options.DataDirectory);
        WebApplication? app = null;
        try
        {
            app = Build(options, data, adjust);
            ServerApp server = new(app, data);
            await server.StartAsync(options, ct);
            return server;
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

    private static WebApplication Build(ServerOptions options, DataDirectory data, Action<WebApplicationBuilder>? adjust)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "fleet-server",
            ContentRootPath = AppContext.BaseDirectory,
        });
        CertificateAuthority authority = CertificateAuthority.Open(data, TimeProvider.System);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Http);
            kestrel.Listen(options.Agents, listen => AgentsPort.Listen(listen, authority));
        });
        builder.Services.AddSingleton(options).AddSingleton(data).AddSingleton(authority).AddSingleton(TimeProvider.System);
        builder.Services.AddDbContextFactory<FleetDb>(db => FleetDbFactory.Configure(db, data.Database));
        builder.Services.AddSingleton<BoundAddresses>().AddSingleton<LiveFeed>().AddSingleton<HostDirectory>();
        builder.Services.ConfigureHttpJsonOptions(json => FleetJson.Configure(json.SerializerOptions));
        adjust?.Invoke(builder);

        WebApplication app = builder.Build();
        return app;
    }

    private async Task StartAsync(ServerOptions options, CancellationToken ct)
    {
        await using (FleetDb db = await Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(ct))
        {
            await db.Database.MigrateAsync(ct);
        }

        await Services.GetRequiredService<HostDirectory>().LoadAsync(ct);
        try
        {
            await _app.StartAsync(ct);
        }
        catch (IOException error)
        {
            throw new StartException(
                $"Cannot listen on {options.Http} and {options.Agents}: {error.Message} Stop the program that has the port, or choose another with --http or --agents.",
                error);
        }

        Addresses.Learn(Services.GetRequiredService<IServer>(), _data);
    }
}
