// What runs here: health, version, limits.
using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Hosting;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Metrics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.About;

internal static class AboutFeature
{
    public static void MapAbout(this RouteGroupBuilder api)
    {
        RouteGroupBuilder about = api.MapGroup("").WithTags("About").NeedsSignIn();
        about.MapGet("/version", Version).WithName("getVersion").WithSummary("What runs here, and who asks");
        about.MapGet("/limits", Limits).WithName("getLimits").WithSummary("Bounds of requests and pages");
    }

    /// <summary>Healthy means: the database answers, and the server is not about to stop, so that a balancer sends nobody here any more. That events cannot be stored is said, but sending people elsewhere would not help: it stays 200.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", HealthAsync).AllowAnonymous().ExcludeFromDescription();

        // Alive is who answers at all: no restart brings a database back.
        routes.MapGet("/livez", () => Text("ok", StatusCodes.Status200OK)).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<ContentHttpResult> HealthAsync(DatabaseHealth database, EventWriter events, IHostApplicationLifetime lifetime, CancellationToken ct) =>
        lifetime.ApplicationStopping.IsCancellationRequested ? Text("This server is about to stop.", StatusCodes.Status503ServiceUnavailable)
        : await database.LookAsync(ct) is { } trouble ? Text(trouble, StatusCodes.Status503ServiceUnavailable)
        : events.Trouble is { } stuck ? Text($"degraded: events cannot be stored just now; agents keep theirs. {stuck}", StatusCodes.Status200OK)
        : Text("ok", StatusCodes.Status200OK);

    private static ContentHttpResult Text(string text, int status) => TypedResults.Text(text + "\n", statusCode: status);

    private static Ok<VersionView> Version(ClaimsPrincipal user) =>
        TypedResults.Ok(new VersionView(FleetGauges.Version, LinkProtocol.Version, user.Name(), user.Role(), user.Scopes()));

    private static Ok<IReadOnlyDictionary<string, int>> Limits(AgentPlaces places) => TypedResults.Ok<IReadOnlyDictionary<string, int>>(new SortedDictionary<string, int>
    {
        ["pageDefault"] = Lists.DefaultLimit,
        ["pageMax"] = Lists.MaxLimit,
        ["eventsPageMax"] = 1000,
        ["filterCharacters"] = Selector.MaxLength,
        ["filterDepth"] = Selector.MaxDepth,
        ["requestBodyBytes"] = ServerApp.MaxBodyBytes,
        ["eventBatchMax"] = LinkProtocol.MaxBatch,
        ["linkMessageBytes"] = LinkProtocol.MaxMessageBytes,
        ["agentConnectionsMax"] = places.Most,
    });
}
