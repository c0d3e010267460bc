using System.Text.Json;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Local.Routes;

/// <summary>Who touches what, as it happens: one window of accesses a line, until the reader goes.</summary>
internal static class WhoRoutes
{
    private const int MostAtATime = 16;
    private const double ShortestWindow = 0.1;
    private const double LongestWindow = 3_600;

    public static void Map(WebApplication app, AgentHost host, TimeProvider time)
    {
        SemaphoreSlim places = new(MostAtATime);
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        app.MapGet("/v1/who", (string? function, double? seconds, HttpContext context) =>
            StartAsync(host, function, seconds ?? 1, places, time, context, stopping)).For(LocalRule.Root);
    }

    private static async Task<IResult> StartAsync(
        AgentHost host, string? function, double seconds, SemaphoreSlim places, TimeProvider time, HttpContext context, CancellationToken stopping)
    {
        PciAddress? wanted = null;
        if (function is not null)
        {
            if (!FunctionRoutes.TryFind(host, function, out PciAddress address, out IResult? problem))
            {
                return problem!;
            }

            wanted = address;
        }

        if (seconds is not (>= ShortestWindow and <= LongestWindow))
        {
            return LocalAnswers.Problem(ErrorCodes.Invalid, $"A window is {ShortestWindow} to {LongestWindow} seconds long.");
        }

        if (!places.Wait(0, CancellationToken.None))
        {
            return LocalAnswers.Problem(ErrorCodes.TooMany, $"{MostAtATime} others are looking on already; end one of them.");
        }

        try
        {
            using AccessWatch watch = host.Broker.Watch(wanted);
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await StreamAsync(watch, TimeSpan.FromSeconds(seconds), time, context.Response, end.Token);
            return Results.Empty;
        }
        finally
        {
            places.Release();
        }
    }

    private static async Task StreamAsync(AccessWatch watch, TimeSpan period, TimeProvider time, HttpResponse response, CancellationToken ct)
    {
        response.ContentType = "application/x-ndjson";
        try
        {
            await response.StartAsync(ct);
            await response.Body.FlushAsync(ct);
            using PeriodicTimer timer = new(period, time);
            while (await timer.WaitForNextTickAsync(ct))
            {
                await JsonSerializer.SerializeAsync(response.Body, watch.Take(), AgentJson.Type<AccessWindow>(), ct);
                await response.Body.WriteAsync("\n"u8.ToArray(), ct);
                await response.Body.FlushAsync(ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader went, or the agent stops.
        }
    }
}
