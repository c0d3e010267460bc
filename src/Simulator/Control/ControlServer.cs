using Fleet.Agent;
using Fleet.Contracts;
using Fleet.Simulator.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Simulator.Control;

/// <summary>Lets another process steer a running simulator over a socket in its data directory.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _path;

    private ControlServer(WebApplication app, string path)
    {
        _app = app;
        _path = path;
    }

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "sim.sock");

    public static async Task<ControlServer> StartAsync(SimulatedFleet fleet, string dataDirectory, CancellationToken ct)
    {
        string path = PathIn(dataDirectory);
        File.Delete(path);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(path));
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json => FleetJson.Configure(json.SerializerOptions));
        WebApplication app = builder.Build();
        app.MapGet("/status", () => Results.Json(Status(fleet), FleetJson.Options));
        app.MapPost("/storm", async (long events, CancellationToken stop) =>
        {
            if (events is < 1 or > 10_000_000)
            {
                return Results.Json(new ControlAnswer("A storm has 1 to 10000000 events."), FleetJson.Options, statusCode: 400);
            }

            long made = await fleet.Storm.RunAsync(events, stop);
            return Results.Json(new ControlAnswer($"{made} events reached the spools."), FleetJson.Options);
        });
        app.MapPost("/contention/start", async () => await fleet.Contention.StartAsync() is { } refusal
            ? Results.Json(new ControlAnswer(refusal), FleetJson.Options, statusCode: 409)
            : Results.Json(new ControlAnswer("Contention runs."), FleetJson.Options));
        app.MapPost("/contention/stop", async () =>
        {
            await fleet.Contention.StopAsync();
            return Results.Json(new ControlAnswer($"Contention has stopped after {fleet.Contention.Pokes} pokes."), FleetJson.Options);
        });
        FaultControl.Map(app, fleet);
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new AgentStartException($"The simulator's control socket {path} cannot be made: {e.Message}", e);
        }

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new ControlServer(app, path);
    }

    public async ValueTask DisposeAsync()
    {
        // A storm under way is not waited for: it would outlast the time that a stop has.
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        File.Delete(_path);
    }

    private static SimStatus Status(SimulatedFleet fleet) => new(
        fleet.Contention.Running, fleet.Contention.Pokes, fleet.Storm.Done,
        [
            .. fleet.Hosts.Select(h => new HostStatus(
                h.Name, h.Agent.Host?.ToString(), h.Agent.Connected, h.Agent.Spool.Count, h.Ledger.Recorded,
                h.Agent.Spool.Lost.Values.Sum(), h.Agent.Assignments.Generation,
                h.Hardware.Functions.ToDictionary(f => f.Address.ToString(), f => f.WriteCycles), FaultControl.Of(h.Hardware))),
        ]);
}
