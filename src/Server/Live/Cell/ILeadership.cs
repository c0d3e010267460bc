using Fleet.Server.Data;

namespace Fleet.Server.Live.Cell;

/// <summary>Which of the servers on one database does what only one may do.</summary>
internal interface ILeadership
{
    /// <summary>This server's term; null while another leads.</summary>
    LeaderTerm? Term { get; }

    /// <summary>Waits until this server leads.</summary>
    Task<LeaderTerm> WaitAsync(CancellationToken ct);

    /// <summary>
    /// Called first in a transaction of the leader's: from here to its end no other server can begin to lead, and one that has not noticed yet that another
    /// does is told so.
    /// </summary>
    /// <exception cref="LeadershipLostException">Another server leads.</exception>
    Task FenceAsync(FleetDb db, LeaderTerm term, CancellationToken ct);
}
