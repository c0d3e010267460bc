using System.Collections.Immutable;
using Fleet.Server.Hosting;

namespace Fleet.Server.Live.Cell;

/// <summary>The servers on this database, this one among them. A server that is alone knows of itself alone.</summary>
internal sealed class ServerRoster(ServerOptions options, TimeProvider time)
{
    /// <summary>A server that was not heard for so long counts as dead, and so do its connections: three heartbeats and a bit.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(12);

    private ImmutableDictionary<string, ServerSeen> _servers = ImmutableDictionary<string, ServerSeen>.Empty;

    /// <summary>This process.</summary>
    public string Me { get; } = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>Whether others may work on the same database.</summary>
    public bool IsShared { get; } = options.Database is not null;

    /// <summary>Those that are known, dead ones for a while too.</summary>
    public IReadOnlyCollection<ServerSeen> Servers => [.. Volatile.Read(ref _servers).Values];

    public bool IsAlive(string server) =>
        server == Me || (Volatile.Read(ref _servers).TryGetValue(server, out ServerSeen? seen) && IsAlive(seen));

    public bool IsAlive(ServerSeen server) => server.Id == Me || time.GetUtcNow() - server.LastHeard < Lease;

    /// <summary>The last sign of life of another server; null for one that nobody knows any more.</summary>
    public DateTimeOffset? LastHeard(string server) => Volatile.Read(ref _servers).GetValueOrDefault(server)?.LastHeard;

    /// <summary>Takes in what the database says of all of them.</summary>
    public void Learn(IEnumerable<ServerSeen> servers) => Volatile.Write(ref _servers, servers.ToImmutableDictionary(server => server.Id));
}
