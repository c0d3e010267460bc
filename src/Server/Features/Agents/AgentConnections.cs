using Fleet.Contracts;
using Fleet.Server.Live;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

internal sealed class AgentConnections(IHubContext<AgentHub, IAgentClient> hub, HostPresence presence) : IAgentConnections
{
    public Task NudgeAsync(HostId host, string tag, CancellationToken ct) =>
        hub.Clients.Clients(presence.ConnectionsOf(host)).AssignmentChanged(tag);

    public Task AttestAsync(HostId host, AttestationJob job, CancellationToken ct) => hub.Clients.Clients(presence.ConnectionsOf(host)).Attest(job);

    public bool IsConnected(HostId host) => presence.IsConnected(host);
}
