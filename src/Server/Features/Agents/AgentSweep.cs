namespace Fleet.Server.Features.Agents;

/// <summary>Looks each second for connections that may not stay: what ends them may come from a clock, a file or another server, and the news of it be lost.</summary>
internal sealed class AgentSweep(AgentConnections connections, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            connections.CutUnfit();
            connections.CutMute();
        }
    }
}
