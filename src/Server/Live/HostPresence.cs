using System.Collections.Concurrent;
using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>When each host was last heard, and whether its agent is connected. In memory: a message of an agent is no row update.</summary>
internal sealed class HostPresence(TimeProvider time)
{
    private readonly ConcurrentDictionary<HostId, Entry> _hosts = new();

    /// <summary>Connections of agents now.</summary>
    public int Connections => _hosts.Values.Sum(entry => entry.Connections.Count);

    /// <summary>What the database remembers from before this process.</summary>
    public void Remember(HostId host, DateTimeOffset lastSeen) => _hosts.TryAdd(host, new Entry([], lastSeen));

    public void Connected(HostId host, string connection) => Change(host, entry => entry.Contains(connection) ? entry : [.. entry, connection]);

    public void Disconnected(HostId host, string connection) => Change(host, entry => [.. entry.Where(other => other != connection)]);

    /// <summary>A message came.</summary>
    public void Heard(HostId host) => Change(host, connections => connections);

    public bool IsConnected(HostId host) => _hosts.TryGetValue(host, out Entry? entry) && entry.Connections.Count > 0;

    public IReadOnlyList<string> ConnectionsOf(HostId host) => _hosts.TryGetValue(host, out Entry? entry) ? entry.Connections : [];

    /// <summary>The last sign of life; a connection that the transport keeps alive is one now.</summary>
    public DateTimeOffset LastSeen(HostId host) => !_hosts.TryGetValue(host, out Entry? entry)
        ? DateTimeOffset.UnixEpoch
        : entry.Connections.Count > 0 ? time.GetUtcNow() : entry.LastSeen;

    public string State(HostId host)
    {
        bool connected = IsConnected(host);
        return HostStates.Of(connected, connected ? TimeSpan.Zero : time.GetUtcNow() - LastSeen(host));
    }

    private void Change(HostId host, Func<IReadOnlyList<string>, IReadOnlyList<string>> connections)
    {
        DateTimeOffset now = time.GetUtcNow();
        _hosts.AddOrUpdate(host, _ => new Entry(connections([]), now), (_, entry) => new Entry(connections(entry.Connections), now));
    }

    private sealed record Entry(IReadOnlyList<string> Connections, DateTimeOffset LastSeen);
}
