using Fleet.Server.Data;
using Fleet.Server.Identity;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Fleet.Server.Live.Cell.Postgres;
using Fleet.Server.Metrics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Hosting;

/// <summary>What happens once at start, in order: the database is brought up to date and read before a port opens; what people need is written after.</summary>
internal static class Startup
{
    public static async Task RunAsync(WebApplication app, ServerOptions options, DataDirectory data, CancellationToken ct)
    {
        // 0. Whether the ports are to be had: who has them is told before anything begins.
        Ports.Try(options.Http, "--http");
        Ports.Try(options.Agents, "--agents");

        // 1. The authority, whose files may be broken or want the root's key; the database.
        IServiceProvider services = app.Services;
        services.GetRequiredService<ServerCertificate>();
        await services.GetRequiredService<IDatabase>().PrepareAsync(ct);
        await using FleetDb db = await services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(ct);

        // 2. What is known of hosts.
        HostDirectory directory = services.GetRequiredService<HostDirectory>();
        await directory.LoadAsync(ct);
        HostPresence presence = services.GetRequiredService<HostPresence>();
        await foreach (var row in db.Hosts.AsNoTracking().Select(host => new { host.Id, host.LastSeen }).AsAsyncEnumerable().WithCancellation(ct))
        {
            presence.Remember(row.Id, row.LastSeen);
        }

        if (services.GetService<SharedPresence>() is { } shared)
        {
            await services.GetRequiredService<ServerTable>().RefreshAsync(ct);
            await shared.LoadAsync(ct);
        }

        await services.GetRequiredService<DeviceDirectory>().LoadAsync(ct);
        await services.GetRequiredService<ReferenceCatalog>().LoadAsync(db, ct);

        // 3. The ports.
        await ListenAsync(app, options, ct);
        BoundAddresses addresses = services.GetRequiredService<BoundAddresses>();
        addresses.Learn(services.GetRequiredService<IServer>(), data);
        services.GetRequiredService<AgentPlaces>().Measure(OpenFiles.Limit, OpenFiles.Now, directory.Hosts.Count(host => host.Access.Admitted));
        services.BeginFleetMetrics();

        // 4. What people and programs read from the data directory.
        if (options.WriteJoinToken is { } uses)
        {
            await services.GetRequiredService<StartToken>().WriteAsync(db, uses, ct);
        }

        await services.GetRequiredService<SignInLink>().RenewAsync(ct);
        ILogger<ServerApp> log = services.GetRequiredService<ILogger<ServerApp>>();
        log.Listening(addresses.Http, addresses.Agents);
        log.SignInLinkWritten(data.PathOf(SignInLink.File)); // Never the link: whoever may read the log is not an administrator for that.
    }

    private static async Task ListenAsync(WebApplication app, ServerOptions options, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            throw new StartException(
                $"Cannot listen on {options.Http} and {options.Agents}: {error.Message} Stop the program that has the port, or choose another with --http or --agents.",
                error);
        }
    }
}
