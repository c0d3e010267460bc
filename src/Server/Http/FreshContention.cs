using Fleet.Server.Data.Events;

namespace Fleet.Server.Http;

/// <summary>Brings the sums of the last hour up to date before a handler that shows, or selects by, how often hosts and functions were contended for.</summary>
internal sealed class FreshContention(ContentionReader contention) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        await contention.RefreshAsync(context.HttpContext.RequestAborted);
        return await next(context);
    }
}
