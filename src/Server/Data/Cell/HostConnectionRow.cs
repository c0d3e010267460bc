using Fleet.Contracts;

namespace Fleet.Server.Data.Cell;

/// <summary>Which server holds a host's agent. A narrow row of its own, so that agents that come and go rewrite no host's reports. Not used by a server that is alone.</summary>
internal sealed class HostConnectionRow
{
    public HostId Host { get; init; }

    /// <summary>The server, if that server is alive; null for none.</summary>
    public string? Server { get; set; }

    /// <summary>When the connection began or ended; while there is one, the server's heartbeat counts for all of its hosts.</summary>
    public DateTimeOffset LastSeen { get; set; }
}
