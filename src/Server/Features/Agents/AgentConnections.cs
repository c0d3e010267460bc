using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Server.Live;
using Fleet.Server.Live.News;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

internal sealed class AgentConnections(
    IHubContext<AgentHub, IAgentClient> hub, HostDirectory directory, HostPresence presence, IFleetNews news, TimeProvider time, ILogger<AgentConnections> log)
    : IAgentConnections, IAsyncDisposable
{
    private static readonly TimeSpan NoticeLimit = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Task> _partings = new(StringComparer.Ordinal);
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
        bool admitted = directory.TryGet(host, out HostRecord? record) && record.Access.Admitted;
        foreach (Opened open in _open.Values.Where(open => open.Host == host))
        {
            cut++;
            if (admitted)
            {
                open.Connection.Abort();
            }
            else
            {
                _partings.GetOrAdd(open.Connection.ConnectionId, _ => PartAsync(open.Connection, reason));
            }
        }

        if (cut > 0)
        {
            log.AgentCut(host, reason);
        }

        return cut;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_partings.Values);

    // Nothing that it says is taken any more. Told, it comes back at once and hears at the door why; untold it would take its time, as after a server's death.
    private async Task PartAsync(HubCallerContext connection, string reason)
    {
        using CancellationTokenSource limit = new(NoticeLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionAborted);
        try
        {
            await hub.Clients.Client(connection.ConnectionId).Leave(new LeaveNotice(0, reason)).WaitAsync(either.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // It went, or does not listen.
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            log.PartingNotTold(connection.ConnectionId, error.Message);
        }
        finally
        {
            connection.Abort();
            _partings.TryRemove(connection.ConnectionId, out _);
        }
    }

    private sealed record Opened(HostId Host, HubCallerContext Connection);
}
