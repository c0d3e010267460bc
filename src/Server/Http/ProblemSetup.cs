// Every error the framework makes gets the same form as ours: problem+json with a code, and nothing of the inside.
using Fleet.Contracts;
using Fleet.Server.Hosting;
using Microsoft.AspNetCore.Diagnostics;

namespace Fleet.Server.Http;

internal static class ProblemSetup
{
    public static IServiceCollection AddProblems(this IServiceCollection services) => services
        .Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true)
        .AddProblemDetails(problems => problems.CustomizeProblemDetails = Complete);

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
            StatusCodeSelector = error => error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePages();
        app.UseWhen(IsPerson, people => people.UseStatusCodePagesWithReExecute("/not-found"));
    }

    // Somebody with a browser gets the dashboard's page; programs get problem+json.
    private static bool IsPerson(HttpContext http) => HttpMethods.IsGet(http.Request.Method)
        && !http.Request.Path.StartsWithSegments("/api") && http.Features.Get<AgentsPort>() is null
        && http.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html");

    private static void Complete(ProblemDetailsContext context)
    {
        int status = context.ProblemDetails.Status ?? StatusCodes.Status500InternalServerError;
        context.ProblemDetails.Extensions.TryAdd("code", Code(status));
        if (context.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException bad)
        {
            context.ProblemDetails.Detail = bad.InnerException is System.Text.Json.JsonException json ? $"{bad.Message} {json.Message}" : bad.Message;
        }

        context.ProblemDetails.Detail ??= status switch
        {
            StatusCodes.Status401Unauthorized => "This needs credentials: Authorization: Bearer with a token of this server. The administrator's is in admin.token in the data directory.",
            StatusCodes.Status403Forbidden => "The credentials do not allow this.",
            StatusCodes.Status404NotFound => $"There is nothing at {context.HttpContext.Request.Path}.",
            StatusCodes.Status405MethodNotAllowed => $"{context.HttpContext.Request.Method} is not possible at {context.HttpContext.Request.Path}.",
            StatusCodes.Status500InternalServerError => "The server failed; its log has the cause under this trace id.",
            _ => null,
        };
    }

    private static string Code(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ErrorCodes.Unauthenticated,
        StatusCodes.Status403Forbidden => ErrorCodes.Forbidden,
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => ErrorCodes.NotFound,
        StatusCodes.Status409Conflict => ErrorCodes.Conflict,
        StatusCodes.Status412PreconditionFailed => ErrorCodes.Stale,
        StatusCodes.Status428PreconditionRequired => ErrorCodes.PreconditionRequired,
        StatusCodes.Status429TooManyRequests => ErrorCodes.TooMany,
        >= 500 => ErrorCodes.Internal,
        _ => ErrorCodes.Invalid,
    };
}
