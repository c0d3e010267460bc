// The link with agents: a SignalR hub on the agents' port. What an agent says is checked at this door and nowhere further in.
using Fleet.Contracts;
using Fleet.Server.Hosting;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

internal static class AgentsFeature
{
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.AddSingleton<AgentConnections>().AddSingleton<IAgentConnections>(provider => provider.GetRequiredService<AgentConnections>());
        services.AddSingleton<AgentReports>().AddSingleton<AssignmentNumbers>().AddSingleton<HostRowWriter>().AddSingleton<DatabaseHubFilter>();
        services.AddSingleton<TurnWatch>().AddSingleton<ITurns>(provider => provider.GetRequiredService<TurnWatch>());
        services.AddHostedService<AgentSweep>();
        services.AddSignalR()
            .AddHubOptions<AgentHub>(hub =>
            {
                // For this hub alone: set for all, it would change what Blazor's circuits accept.
                hub.MaximumReceiveMessageSize = LinkProtocol.MaxMessageBytes;
                hub.EnableDetailedErrors = false;
                hub.AddFilter<DatabaseHubFilter>();
            })
            .AddJsonProtocol(json =>
            {
                FleetJson.Configure(json.PayloadSerializerOptions);
                json.PayloadSerializerOptions.RespectNullableAnnotations = true;
            });
        return services;
    }

    public static void MapAgents(this IEndpointRouteBuilder routes) => routes
        .MapHub<AgentHub>(LinkProtocol.HubPath, http => http.Transports = HttpTransportType.WebSockets)
        .RequireAuthorization(Access.Agent)
        .WithMetadata(AgentsPort.Mark);
}
