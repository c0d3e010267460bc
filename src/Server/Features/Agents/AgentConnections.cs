using Fleet.Contracts;
using Fleet.Server.Live;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

internal sealed class AgentConnections(IHubContext<AgentHub, IAgentClient> hub, HostPresence presence) : IAgentConnections
{
    public Task NudgeAsync(HostId host, string tag, CancellationToken ct) =>
        hub.Clients.Clients(presence.ConnectionsOf(host)).AssignmentChanged(tag);

    public bool IsConnected(HostId host) => presence.IsConnected(host);
}
