using System.Net.Sockets;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;
using Microsoft.AspNetCore.Connections.Features;

namespace Fleet.Agent.Local;

/// <summary>The host's own API, HTTP and JSON on a unix socket. The kernel says who is at the other end; the file's mode says who may be.</summary>
internal sealed class LocalApi : IAsyncDisposable
{
    private const int LargestRequest = 3 * 1024 * 1024;

    private readonly AgentHost _host;
    private readonly WebApplication _app;
    private readonly string _path;

    private LocalApi(AgentHost host, WebApplication app, string path)
    {
        _host = host;
        _app = app;
        _path = path;
    }

    public static async Task<LocalApi> StartAsync(AgentHost host, string path, TimeProvider time, CancellationToken ct)
    {
        File.Delete(path); // Left by a killed agent: we hold the lock, so nobody listens.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.ListenUnixSocket(path);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(time);
        builder.Services.ConfigureHttpJsonOptions(json => FleetJson.Configure(json.SerializerOptions));
        WebApplication app = builder.Build();
        LocalApi api = new(host, app, path);
        api.Map();
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new AgentStartException($"The local API cannot listen at {path}: {e.Message} Choose another directory with --run.", e);
        }

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return api;
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        File.Delete(_path);
    }

    private static Caller Peer(HttpContext context)
    {
        Socket? socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        return socket is not null && PeerCredentials.TryRead(socket, out int pid, out uint uid)
            ? CallerReader.Read(pid, uid, out _)
            : new Caller { Pid = 0, Uid = uint.MaxValue, Comm = "unknown" };
    }

    private static IResult Problem(string? code, string detail)
    {
        int status = code switch
        {
            ErrorCodes.NotFound => 404,
            ErrorCodes.Forbidden => 403,
            ErrorCodes.ClaimHeld or ErrorCodes.Conflict => 409,
            ErrorCodes.TooMany => 429,
            _ => 400,
        };
        return Results.Json(new LocalProblem(code ?? ErrorCodes.Invalid, detail), FleetJson.Options, "application/problem+json", status);
    }

    private void Map()
    {
        _app.MapGet("/v1/state", () => State());
        _app.MapGet("/v1/functions", () => Results.Json(_host.Inventory.Functions, FleetJson.Options));
        _app.MapGet("/v1/functions/{address}", (string address) =>
            PciAddress.TryParse(address, out PciAddress parsed) && _host.Inventory.Functions.FirstOrDefault(f => f.Address == parsed) is { } facts
                ? Results.Json(facts with { Mailboxes = _host.Broker.Mailboxes(parsed) }, FleetJson.Options)
                : Problem(ErrorCodes.NotFound, $"There is no function '{address}' on this host."));
        _app.MapGet("/v1/claims", () => Results.Json(_host.Claims(), FleetJson.Options));
        _app.MapPost("/v1/claims", (LocalClaimRequest request, HttpContext context) => Claim(request, Peer(context)));
        _app.MapDelete("/v1/claims/{id}", (string id, HttpContext context) =>
        {
            ReleaseOutcome outcome = _host.Broker.Release(id, Peer(context));
            return outcome.Succeeded ? Results.Json(outcome.Released, FleetJson.Options) : Problem(outcome.Code, outcome.Detail);
        });
        _app.MapPost("/v1/doe/discover", async (LocalExchange request, HttpContext context, CancellationToken ct) =>
            Results.Json(await _host.Broker.DiscoverAsync(request.Function, request.Offset, Peer(context), ct) is { } result
                ? new LocalDiscovery([.. result.Features.Select(f => f.ToString())], result.Failure?.ToString(), result.Detail)
                : null, FleetJson.Options));
        _app.MapPost("/v1/doe/exchange", async (LocalExchange request, HttpContext context, CancellationToken ct) =>
            await ExchangeAsync(request, Peer(context), ct));
    }

    private IResult State() => Results.Json(
        new LocalState(
            _host.Facts, _host.Host, _host.Connected, _host.Spool.Epoch, _host.Spool.Count, _host.Assignments.Generation, _host.Assignments.Applied,
            _host.Assignments.Rejected, _host.Endpoints),
        FleetJson.Options);

    private IResult Claim(LocalClaimRequest request, Caller peer)
    {
        // A claim may be made for another process, so that a tool that runs already can be given its region.
        Caller holder = request.Pid is { } pid ? CallerReader.Read(pid, peer.Uid, out _) : peer;
        if (request.Pid is not null && holder.StartTime is 0)
        {
            return Problem(ErrorCodes.NotFound, $"There is no process {request.Pid} that could hold the claim.");
        }

        ClaimOutcome outcome = _host.Broker.Claim(
            new ClaimRequest
            {
                Function = request.Function,
                Offset = request.Offset,
                Length = request.Length,
                Reason = request.Reason ?? "",
                Duration = request.Seconds is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)) : null,
                OnRead = request.OnRead,
            },
            holder);
        return outcome.Succeeded ? Results.Json(outcome.Granted, FleetJson.Options) : Problem(outcome.Code, outcome.Detail);
    }

    private async Task<IResult> ExchangeAsync(LocalExchange request, Caller peer, CancellationToken ct)
    {
        if (!DoeFeature.TryParse(request.Feature, out DoeFeature feature))
        {
            return Problem(ErrorCodes.Invalid, $"'{request.Feature}' is not a feature; one looks like 0001:01.");
        }

        byte[] payload;
        try
        {
            payload = Convert.FromHexString(request.Payload ?? "");
        }
        catch (FormatException)
        {
            return Problem(ErrorCodes.Invalid, "The payload is not an even number of hexadecimal digits.");
        }

        DoeOutcome outcome = await _host.Broker.ExchangeAsync(request.Function, request.Offset, feature, payload, peer, ct);
        return Results.Json(
            new LocalResponse(outcome.Succeeded, outcome.Failure?.ToString(), Convert.ToHexStringLower(outcome.Payload), outcome.Elapsed.TotalMilliseconds, outcome.Detail),
            FleetJson.Options);
    }
}
