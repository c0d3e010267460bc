// What every request to the API is held to before its handler sees it.
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Http.Requests;

internal static class RequestRules
{
    /// <summary>Answers HEAD where there is GET: a server sends no body to HEAD, whatever is written.</summary>
    public static void UseHead(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await next(http);
            return;
        }

        http.Features.Set(new HeadRequest());
        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
        }
    });

    /// <summary>Refuses a query that the endpoint does not know, after it is known that the caller may ask at all.</summary>
    public static void UseQueryRules(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.Request.QueryString.HasValue && http.GetEndpoint()?.Metadata.GetMetadata<QueryParameters>()?.Check(http.Request.Query) is { } wrong)
        {
            ProblemHttpResult refusal = Problems.Invalid(wrong.Message, wrong);
            await refusal.ExecuteAsync(http);
            return;
        }

        await next(http);
    });
}
