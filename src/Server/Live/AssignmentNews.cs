using Fleet.Server.Data;

namespace Fleet.Server.Live;

/// <summary>Tells everybody, after the commit, that what is wanted on hosts has changed: the directory, the pages, the agents.</summary>
internal sealed class AssignmentNews(
    HostDirectory directory, IAssignments assignments, IAgentConnections connections, LiveFeed feed, ILogger<AssignmentNews> log)
{
    public async Task TellAsync(IReadOnlyCollection<HostRow> hosts, CancellationToken ct)
    {
        if (hosts.Count is 0)
        {
            return;
        }

        foreach (HostRow host in hosts)
        {
            directory.Update(host.Id, record => record.Generation > host.Generation
                ? record
                : record with { Desired = DesiredPolicies.Read(host), Generation = host.Generation });
        }

        feed.Publish(LiveTopics.Hosts);
        foreach (HostRow host in hosts.Where(host => connections.IsConnected(host.Id)))
        {
            try
            {
                await connections.NudgeAsync(host.Id, await assignments.TagAsync(host.Id, ct), ct);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The agent asks by itself when it connects again; the change itself is stored.
                log.NudgeFailed(host.Id, error);
            }
        }
    }
}
