// Every error the framework makes gets the same form as ours: problem+json with a code, and nothing of the inside.
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Http.Requests;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Fleet.Server.Http;

internal static class ProblemSetup
{
    private const string SecondsToRetry = "2";

    public static IServiceCollection AddProblems(this IServiceCollection services) => services
        .Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true)
        .AddProblemDetails(problems => problems.CustomizeProblemDetails = Complete);

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            SuppressDiagnosticsCallback = context =>
                context.Exception is BadHttpRequestException || DatabaseFailures.IsRace(context.Exception) || app.Services.GetRequiredService<DatabaseHealth>().Accounts(context.Exception),
            StatusCodeSelector = Status,
        });
        app.UseStatusCodePages();
        app.UseWhen(IsPerson, people => people.UseStatusCodePagesWithReExecute("/not-found"));
    }

    private static int Status(Exception error) => error switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        _ when DatabaseFailures.IsRace(error) => StatusCodes.Status409Conflict,
        _ when DatabaseFailures.IsConflict(error) || DatabaseFailures.Reason(error) is not null => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    // Somebody with a browser gets the dashboard's page; programs get problem+json.
    private static bool IsPerson(HttpContext http) => HttpMethods.IsGet(http.Request.Method)
        && !http.Request.Path.StartsWithSegments("/api") && http.Features.Get<AgentsPort>() is null
        && http.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html");

    private static void Complete(ProblemDetailsContext context)
    {
        int status = context.ProblemDetails.Status ?? StatusCodes.Status500InternalServerError;
        Exception? error = context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (status is StatusCodes.Status401Unauthorized && context.HttpContext.Features.Get<CredentialRefusal>() is { } refusal)
        {
            context.ProblemDetails.Extensions.TryAdd("code", refusal.Code);
            context.ProblemDetails.Detail = refusal.Detail;
        }

        NeededScope? missing = status is StatusCodes.Status403Forbidden ? context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<NeededScope>() : null;
        if (missing is not null && context.ProblemDetails.Extensions.TryAdd("code", ErrorCodes.ScopeMissing))
        {
            context.ProblemDetails.Extensions["scope"] = missing.Name;
            context.ProblemDetails.Detail = $"This needs the scope {missing.Name}, which {context.HttpContext.User.Name()} does not have.";
        }

        string allow = context.HttpContext.Response.Headers.Allow.ToString();
        if (status is StatusCodes.Status405MethodNotAllowed && allow.Contains(HttpMethods.Get, StringComparison.Ordinal) && !allow.Contains(HttpMethods.Head, StringComparison.Ordinal))
        {
            context.HttpContext.Response.Headers.Allow = $"{allow}, {HttpMethods.Head}"; // Routing knows nothing of RequestRules.
        }

        context.ProblemDetails.Extensions.TryAdd("code", Code(status));
        if (status is StatusCodes.Status503ServiceUnavailable)
        {
            context.HttpContext.Response.Headers.RetryAfter = SecondsToRetry;
            context.ProblemDetails.Detail = $"{DatabaseFailures.Reason(error) ?? "The database met two changes at once."} Nothing was changed; try again after Retry-After seconds.";
        }
        else if (DatabaseFailures.IsRace(error))
        {
            context.ProblemDetails.Detail = "Somebody else changed the same thing at the same time. Read it again, and decide.";
        }

        if (error is BadHttpRequestException bad)
        {
            JsonSerializerOptions json = context.HttpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            context.ProblemDetails.Detail = BodyProblems.Of(bad, context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint, json);
        }

        context.ProblemDetails.Detail ??= status switch
        {
            StatusCodes.Status401Unauthorized => "This needs credentials: Authorization: Bearer with an API token of this server ('fleet-server api-token create'), or the administrator's, which is in admin.token in the data directory.",
            StatusCodes.Status403Forbidden => "The credentials do not allow this.",
            StatusCodes.Status404NotFound => $"There is nothing at {context.HttpContext.Request.Path}.",
            StatusCodes.Status405MethodNotAllowed => $"{context.HttpContext.Request.Method} is not possible at {context.HttpContext.Request.Path}; what is: {context.HttpContext.Response.Headers.Allow}.",
            StatusCodes.Status415UnsupportedMediaType => "The body must be JSON; send it with Content-Type: application/json.",
            StatusCodes.Status500InternalServerError => "The server failed; its log has the cause under this trace id.",
            _ => null,
        };
    }

    private static string Code(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ErrorCodes.Unauthenticated,
        StatusCodes.Status403Forbidden => ErrorCodes.Forbidden,
        StatusCodes.Status404NotFound => ErrorCodes.NotFound,
        StatusCodes.Status405MethodNotAllowed => ErrorCodes.MethodNotAllowed,
        StatusCodes.Status409Conflict => ErrorCodes.Conflict,
        StatusCodes.Status412PreconditionFailed => ErrorCodes.Stale,
        StatusCodes.Status428PreconditionRequired => ErrorCodes.PreconditionRequired,
        StatusCodes.Status429TooManyRequests => ErrorCodes.TooMany,
        StatusCodes.Status503ServiceUnavailable => ErrorCodes.Unavailable,
        >= 500 => ErrorCodes.Internal,
        _ => ErrorCodes.Invalid,
    };
}
