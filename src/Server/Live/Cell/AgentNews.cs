using Fleet.Contracts;
using Fleet.Server.Live.Attestation;

namespace Fleet.Server.Live.Cell;

/// <summary>
/// Tells the agents that this server holds what other servers have decided about them. It goes by what the rows say before and after, not by what was said of
/// them, so an agent whose notice was lost is told by the next comparison.
/// </summary>
internal sealed class AgentNews(HostPresence presence, IAgentConnections connections, IAssignments assignments, IAttestations attestations, ILogger<AgentNews> log)
{
    public async Task TellAsync(IReadOnlyList<HostChange> changes, CancellationToken ct)
    {
        foreach (HostChange change in changes)
        {
            if (change.Before is null && change.After is { } come)
            {
                presence.Remember(come.Id, come.Joined);
            }

            // Also those that have not said hello, which presence does not know.
            connections.CutUnfit(change.Host);
            if (change.After is { Access.Admitted: true } after && after.Generation > change.Before?.Generation && presence.IsConnectedHere(change.Host))
            {
                await TryAsync(change.Host, async () => await connections.NudgeAsync(change.Host, await assignments.TagAsync(change.Host, ct), ct));
            }
        }
    }

    /// <summary>Sends the agent what it has not answered yet; one that comes twice is carried out once.</summary>
    public async Task AttestAsync(HostId host, CancellationToken ct)
    {
        if (!presence.IsConnectedHere(host))
        {
            return;
        }

        foreach (AttestationJob job in await attestations.OpenJobsAsync(host, ct))
        {
            await TryAsync(host, () => connections.AttestAsync(host, job, ct));
        }
    }

    public void Cut(HostId host) => connections.CutHere(host, "Another server decided so.");

    private async Task TryAsync(HostId host, Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.AgentNotTold(host, error);
        }
    }
}
