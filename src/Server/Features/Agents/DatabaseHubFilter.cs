using Fleet.Server.Data;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

/// <summary>Tells an agent in words that the database cannot be used, and keeps the log from saying so once for each agent.</summary>
internal sealed class DatabaseHubFilter(DatabaseHealth database) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            return await next(invocationContext);
        }
        catch (Exception error) when (error is not HubException && database.Accounts(error))
        {
            throw new HubException("The server's database cannot be used just now. Nothing was stored; keep it and try again.");
        }
    }

    public async Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        try
        {
            await next(context, exception);
        }
        catch (Exception error) when (database.Accounts(error))
        {
            // When it left is noted in the database only so that a restart knows it.
        }
    }
}
