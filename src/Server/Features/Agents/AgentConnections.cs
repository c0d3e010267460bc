using System.Collections.Concurrent;
using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Server.Identity.Agents;
using Fleet.Server.Live;
using Fleet.Server.Live.News;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

internal sealed class AgentConnections(
    IHubContext<AgentHub, IAgentClient> hub, HostDirectory directory, HostPresence presence, AgentStanding standing, IFleetNews news, TimeProvider time,
    ILogger<AgentConnections> log)
    : IAgentConnections, IAsyncDisposable
{
    private static readonly TimeSpan NoticeLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Task> _partings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<HostId, ImmutableList<AgentConnection>> _open = new();

    /// <summary>A connection that was let in; from now on <see cref="Cut"/> reaches it, before its hello too.</summary>
    public AgentConnection Open(AgentCredential credential, HubCallerContext context)
    {
        AgentConnection connection = new(credential, context, time.GetTimestamp());
        _open.AddOrUpdate(credential.Host, _ => [connection], (_, others) => others.Add(connection));
        return connection;
    }

    public void Closed(AgentConnection connection)
    {
        HostId host = connection.Credential.Host;
        ImmutableList<AgentConnection> left = _open.AddOrUpdate(host, _ => [], (_, open) => open.Remove(connection));
        if (left.IsEmpty)
        {
            _open.TryRemove(KeyValuePair.Create(host, left));
        }
    }

    /// <summary>The host's connections that have said hello, but for one.</summary>
    public IEnumerable<AgentConnection> Others(AgentConnection connection) =>
        OpenOf(connection.Credential.Host).Where(other => other != connection && other.Greeting is not null);

    /// <summary>Ends the host's connections but for one.</summary>
    public void CutOthers(AgentConnection connection)
    {
        foreach (AgentConnection other in Others(connection))
        {
            other.Abort();
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

    public Task RevokedAsync(string list, CancellationToken ct) => hub.Clients.All.Revoked(list);

    public Task PolicyKeysAsync(SignedPolicyKeys keys, CancellationToken ct) =>
        hub.Clients.Clients([.. All().Where(connection => connection.Greeting is { KnowsPolicyKeys: true }).Select(connection => connection.Id)]).PolicyKeys(keys);

    public bool IsConnected(HostId host) => presence.IsConnected(host);

    public int Cut(HostId host, string reason)
    {
        news.Publish(NewsKind.Cut, host.ToString());
        return CutHere(host, reason);
    }

    public int CutHere(HostId host, string reason, bool greeted = false)
    {
        ImmutableList<AgentConnection> open = greeted ? OpenOf(host).RemoveAll(connection => connection.Greeting is null) : OpenOf(host);
        bool admitted = directory.TryGet(host, out HostRecord? record) && record.Access.Admitted;
        foreach (AgentConnection connection in open)
        {
            End(connection, reason, told: !admitted);
        }

        if (!open.IsEmpty)
        {
            log.AgentCut(host, reason);
        }

        return open.Count;
    }

    public int CutUnfit(HostId? host = null)
    {
        int cut = 0;
        foreach (AgentConnection connection in host is { } one ? OpenOf(one) : All())
        {
            if (!_partings.ContainsKey(connection.Id) && standing.Refuse(connection.Credential) is { } refusal)
            {
                End(connection, refusal.Detail, told: refusal.Reason is Refusals.Evicted or Refusals.Banned);
                log.AgentCut(connection.Credential.Host, refusal.Detail);
                cut++;
            }
        }

        return cut;
    }

    /// <summary>Ends connections that have not said hello for so long that no agent of ours is at the other end.</summary>
    public void CutMute()
    {
        foreach (AgentConnection connection in All().Where(open => open.Greeting is null && time.GetElapsedTime(open.Opened) > LongestSilence))
        {
            connection.Abort();
            log.AgentCut(connection.Credential.Host, "It came in and said no hello.");
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_partings.Values);

    private void End(AgentConnection connection, string reason, bool told)
    {
        if (told)
        {
            _partings.GetOrAdd(connection.Id, _ => PartAsync(connection, reason));
        }
        else
        {
            connection.Abort();
        }
    }

    // Nothing that it says is taken any more. Told, it comes back at once and hears at the door why; untold it would take its time, as after a server's death.
    private async Task PartAsync(AgentConnection connection, string reason)
    {
        await Task.Yield(); // It is in the list before it can leave it.
        using CancellationTokenSource limit = new(NoticeLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.Aborted);
        try
        {
            await hub.Clients.Client(connection.Id).Leave(new LeaveNotice(0, reason)).WaitAsync(either.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // It went, or does not listen.
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            log.PartingNotTold(connection.Id, error.Message);
        }
        finally
        {
            connection.Abort();
            _partings.TryRemove(connection.Id, out _);
        }
    }

    private ImmutableList<AgentConnection> OpenOf(HostId host) => _open.GetValueOrDefault(host, []);

    private IEnumerable<AgentConnection> All() => _open.SelectMany(host => host.Value);
}
