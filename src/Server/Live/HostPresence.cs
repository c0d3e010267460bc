using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Server.Live.Cell;
using Fleet.Server.Live.News;

namespace Fleet.Server.Live;

/// <summary>
/// When each host was last heard, and which server holds its agent's connection: this one, or another that is alive. In memory: a message of an agent is
/// no row update, and neither is a server's heartbeat one for each agent.
/// </summary>
internal sealed class HostPresence(ServerRoster servers, IFleetNews news, TimeProvider time)
{
    // What was heard a moment ago may not have reached the database yet.
    private static readonly TimeSpan NewsAreFresher = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<HostId, Entry> _hosts = new();

    /// <summary>Connections of agents to this server now.</summary>
    public int Connections => _hosts.Values.Sum(entry => entry.Connections.Count);

    /// <summary>The hosts whose agents are connected to this server.</summary>
    public HashSet<HostId> Here() => [.. _hosts.Where(host => host.Value.Connections.Count > 0).Select(host => host.Key)];

    /// <summary>What the database says: when it was last heard, and which server held it then.</summary>
    public void Remember(HostId host, DateTimeOffset lastSeen, string? server = null) => _hosts.AddOrUpdate(
        host,
        _ => new Entry([], lastSeen, Other(server)),
        (_, entry) => time.GetUtcNow() - entry.LastSeen < NewsAreFresher
            ? entry
            : entry with { LastSeen = entry.LastSeen > lastSeen ? entry.LastSeen : lastSeen, Elsewhere = Other(server) });

    public void Connected(HostId host, string connection)
    {
        bool first = !IsConnectedHere(host);
        Change(host, entry => entry.Connections.Contains(connection) ? entry : entry with { Connections = [.. entry.Connections, connection] });
        if (first)
        {
            news.Publish(NewsKind.Here, host.ToString());
        }
    }

    public void Disconnected(HostId host, string connection)
    {
        Change(host, entry => entry with { Connections = [.. entry.Connections.Where(other => other != connection)] });
        if (!IsConnectedHere(host))
        {
            news.Publish(NewsKind.Left, host.ToString());
        }
    }

    /// <summary>A message came.</summary>
    public void Heard(HostId host) => Change(host, entry => entry);

    /// <summary>Another server holds the host's agent now.</summary>
    public void ConnectedElsewhere(HostId host, string server) => Change(host, entry => entry with { Elsewhere = Other(server) });

    /// <summary>Another server does not hold it any more; nothing when yet another does.</summary>
    public void LeftElsewhere(HostId host, string server)
    {
        if (_hosts.TryGetValue(host, out Entry? entry) && entry.Elsewhere == server)
        {
            Change(host, current => current.Elsewhere == server ? current with { Elsewhere = null } : current);
        }
    }

    /// <summary>A server died: its hosts were last heard when it was.</summary>
    public void Forget(string server, DateTimeOffset lastHeard)
    {
        foreach ((HostId host, Entry entry) in _hosts)
        {
            if (entry.Elsewhere == server)
            {
                _hosts.TryUpdate(host, entry with { Elsewhere = null, LastSeen = entry.LastSeen > lastHeard ? entry.LastSeen : lastHeard }, entry);
            }
        }
    }

    /// <summary>Whether this server or another holds the host's agent.</summary>
    public bool IsConnected(HostId host) => _hosts.TryGetValue(host, out Entry? entry) && IsConnected(entry);

    public bool IsConnectedHere(HostId host) => _hosts.TryGetValue(host, out Entry? entry) && entry.Connections.Count > 0;

    /// <summary>Whether another server that is alive holds the host's agent.</summary>
    public bool IsConnectedElsewhere(HostId host) => _hosts.TryGetValue(host, out Entry? entry) && IsElsewhere(entry);

    /// <summary>The host's connections to this server.</summary>
    public IReadOnlyList<string> ConnectionsOf(HostId host) => _hosts.TryGetValue(host, out Entry? entry) ? entry.Connections : [];

    /// <summary>The last sign of life; a connection that the transport keeps alive is one now.</summary>
    public DateTimeOffset LastSeen(HostId host)
    {
        if (!_hosts.TryGetValue(host, out Entry? entry))
        {
            return DateTimeOffset.UnixEpoch;
        }

        if (IsConnected(entry))
        {
            return time.GetUtcNow();
        }

        DateTimeOffset? other = entry.Elsewhere is { } server ? servers.LastHeard(server) : null;
        return other > entry.LastSeen ? other.Value : entry.LastSeen;
    }

    /// <summary>The host's state as the API names it: what was decided about it comes before what is heard of it.</summary>
    public string State(HostRecord host)
    {
        bool connected = IsConnected(host.Id);
        return HostStates.Of(host.Access.State) ?? HostStates.Of(connected, connected ? TimeSpan.Zero : time.GetUtcNow() - LastSeen(host.Id));
    }

    /// <summary>A host was deleted.</summary>
    public void Forget(HostId host) => _hosts.TryRemove(host, out _);

    private bool IsConnected(Entry entry) => entry.Connections.Count > 0 || IsElsewhere(entry);

    private bool IsElsewhere(Entry entry) => entry.Elsewhere is { } server && servers.IsAlive(server);

    private string? Other(string? server) => server == servers.Me ? null : server;

    private void Change(HostId host, Func<Entry, Entry> change)
    {
        DateTimeOffset now = time.GetUtcNow();
        _hosts.AddOrUpdate(host, _ => change(new Entry([], now, null)), (_, entry) => change(entry) with { LastSeen = now });
    }

    private sealed record Entry(IReadOnlyList<string> Connections, DateTimeOffset LastSeen, string? Elsewhere);
}
