using Fleet.Contracts;

namespace Fleet.Server.Live.Cell;

/// <summary>How agents lie on the servers: evened out after one came or went, told to go elsewhere when this one stops.</summary>
internal sealed class AgentSpread(ServerRoster servers, HostPresence presence, IAgentConnections connections, ILogger<AgentSpread> log)
{
    private static readonly TimeSpan Gently = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    /// <summary>Sends some agents on when this server holds many more than the others; few at a time, because counts are a heartbeat old.</summary>
    public Task EvenOutAsync(CancellationToken ct)
    {
        int mine = presence.Connections;
        int[] others = [.. Others().Select(server => server.Connections)];
        int excess = Excess(mine, others);
        if (excess is 0)
        {
            return Task.CompletedTask;
        }

        HostId[] hosts = [.. presence.Here()];
        Random.Shared.Shuffle(hosts);
        log.AgentsSentOn(excess, mine, others.Length);
        return connections.LeaveAsync(hosts[..Math.Min(excess, hosts.Length)], Notice(Gently, "Another server holds fewer agents."), ct);
    }

    /// <summary>How many agents to send on at once: a tenth above the mean, and some, is even enough; of the rest a tenth goes.</summary>
    public static int Excess(int mine, IReadOnlyCollection<int> others)
    {
        if (others.Count is 0)
        {
            return 0;
        }

        double mean = (mine + others.Sum()) / (double)(others.Count + 1);
        return mine > (mean * 1.1) + 4 ? (int)Math.Ceiling((mine - mean) / 10) : 0;
    }

    /// <summary>Tells all agents to come back elsewhere, spread over a few seconds, and waits until most have gone. Nothing where there is no other server.</summary>
    public async Task SayFarewellAsync(TimeProvider time)
    {
        if (!Others().Any() || presence.Connections is 0)
        {
            return;
        }

        log.Farewell(presence.Connections, Farewell.TotalSeconds);
        await connections.LeaveAsync([.. presence.Here()], Notice(Farewell, "The server stops."), CancellationToken.None);
        long begun = time.GetTimestamp();
        while (presence.Connections > 0 && time.GetElapsedTime(begun) < Farewell)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), time);
        }
    }

    private IEnumerable<ServerSeen> Others() => servers.Servers.Where(server => server.Id != servers.Me && servers.IsAlive(server));

    private static LeaveNotice Notice(TimeSpan spread, string reason) => new((int)spread.TotalMilliseconds, reason);
}
