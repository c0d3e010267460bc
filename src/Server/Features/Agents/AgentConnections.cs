using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Server.Live;
using Fleet.Server.Live.News;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

internal sealed class AgentConnections(IHubContext<AgentHub, IAgentClient> hub, HostPresence presence, IFleetNews news, ILogger<AgentConnections> log) : IAgentConnections
{
    private readonly ConcurrentDictionary<string, Opened> _open = new(StringComparer.Ordinal);

    /// <summary>A connection that was let in; from now on <see cref="Cut"/> reaches it, before its hello too.</summary>
    public void Open(HostId host, HubCallerContext connection) => _open[connection.ConnectionId] = new Opened(host, connection);

    public void Closed(string connection) => _open.TryRemove(connection, out _);

    /// <summary>The host's connections that have said hello, but for one.</summary>
    public IEnumerable<string> Others(HostId host, string connection) => presence.ConnectionsOf(host).Where(other => other != connection);

    /// <summary>Ends the host's connections but for one.</summary>
    public void CutOthers(HostId host, string connection)
    {
        foreach (string other in Others(host, connection))
        {
            if (_open.TryGetValue(other, out Opened? open))
            {
                open.Connection.Abort();
            }
        }
    }

    public Task NudgeAsync(HostId host, string tag, CancellationToken ct) =>
        hub.Clients.Clients(presence.ConnectionsOf(host)).AssignmentChanged(tag);

    public Task AttestAsync(HostId host, AttestationJob job, CancellationToken ct)
    {
        if (presence.IsConnectedHere(host))
        {
            return hub.Clients.Clients(presence.ConnectionsOf(host)).Attest(job);
        }

        news.Publish(NewsKind.Attest, host.ToString());
        return Task.CompletedTask;
    }

    public Task LeaveAsync(IEnumerable<HostId> hosts, LeaveNotice notice, CancellationToken ct) =>
        hub.Clients.Clients([.. hosts.SelectMany(presence.ConnectionsOf)]).Leave(notice);

    public Task RenewAsync(HostId host, DateTimeOffset at, CancellationToken ct) => hub.Clients.Clients(presence.ConnectionsOf(host)).RenewCertificate(at);

    public bool IsConnected(HostId host) => presence.IsConnected(host);

    public int Cut(HostId host, string reason)
    {
        news.Publish(NewsKind.Cut, host.ToString());
        return CutHere(host, reason);
    }

    public int CutHere(HostId host, string reason)
    {
        int cut = 0;
        foreach (Opened open in _open.Values.Where(open => open.Host == host))
        {
            open.Connection.Abort();
            cut++;
        }

        if (cut > 0)
        {
            log.AgentCut(host, reason);
        }

        return cut;
    }

    private sealed record Opened(HostId Host, HubCallerContext Connection);
}
