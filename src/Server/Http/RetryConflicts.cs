using Fleet.Server.Data;

namespace Fleet.Server.Http;

/// <summary>
/// Handles a request again when the database ended its transaction because it met another's (a deadlock, a serialisation failure): nothing of it was
/// stored, and the same may succeed at once.
/// </summary>
internal sealed class RetryConflicts(TimeProvider time) : IEndpointFilter
{
    private const int Tries = 4;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(20);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await next(context);
            }
            catch (Exception error) when (attempt < Tries && DatabaseFailures.IsConflict(error) && CanRepeat(http.Request) && !http.Response.HasStarted)
            {
                http.RequestServices.GetRequiredService<FleetDb>().ChangeTracker.Clear();
                await Task.Delay(FirstWait * (1 << attempt) * (0.5 + Random.Shared.NextDouble()), time, http.RequestAborted);
            }
        }
    }

    // A document that the handler reads by itself is gone after the first time.
    private static bool CanRepeat(HttpRequest request) => request.ContentLength is null or 0 || request.HasJsonContentType() || request.Body.CanSeek;
}
