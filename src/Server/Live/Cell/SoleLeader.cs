using Fleet.Server.Data;

namespace Fleet.Server.Live.Cell;

/// <summary>The leadership of a server that is alone on its database, which its lock on the data directory makes sure of.</summary>
internal sealed class SoleLeader(TimeProvider time) : ILeadership
{
    private readonly LeaderTerm _term = new(1, time.GetUtcNow(), CancellationToken.None);

    public LeaderTerm Term => _term;

    public Task<LeaderTerm> WaitAsync(CancellationToken ct) => Task.FromResult(_term);

    public Task FenceAsync(FleetDb db, LeaderTerm term, CancellationToken ct) => Task.CompletedTask;
}
