namespace Fleet.Server.Data.Cell;

/// <summary>A server that works on this database, or did a moment ago. One row a server and heartbeat, whatever number of agents it holds.</summary>
internal sealed class ServerRow
{
    /// <summary>Made anew by each process.</summary>
    public required string Id { get; init; }

    /// <summary>The machine, or pod, that it runs on.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    public DateTimeOffset Started { get; init; }

    /// <summary>Its last sign of life, in microseconds since 1970 by the database's clock: those of servers may differ.</summary>
    public long Heartbeat { get; set; }

    /// <summary>Agents that it holds.</summary>
    public int Connections { get; set; }
}
