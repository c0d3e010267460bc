using Fleet.Contracts;
using Fleet.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Hosting;

/// <summary>An endpoint answers on its own port alone, whatever the Host header says: the mark is on the connection.</summary>
internal static class PortSeparation
{
    public static void UsePortSeparation(this WebApplication app) => app.Use(async (http, next) =>
    {
        bool agentsConnection = http.Features.Get<AgentsPort>() is not null;
        bool agentsEndpoint = http.GetEndpoint()?.Metadata.GetMetadata<AgentsPort>() is not null;
        if (agentsConnection == agentsEndpoint)
        {
            await next(http);
            return;
        }

        ProblemHttpResult nothing = Problems.Of(
            StatusCodes.Status404NotFound, ErrorCodes.NotFound, $"There is nothing at {http.Request.Path} on this port.");
        await nothing.ExecuteAsync(http);
    });

    /// <summary>What browsers are told of every answer.</summary>
    public static void UseBrowserRules(this WebApplication app) => app.Use(async (http, next) =>
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer"; // A sign-in link carries a token.
        await next(http);
    });
}
