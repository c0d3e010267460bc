using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Live;

/// <summary>Notices when a host's state changes, and records it as an event; once a minute it notes in fleet.db who was there.</summary>
internal sealed class PresenceWatch(
    HostDirectory directory,
    HostPresence presence,
    EventWriter events,
    LiveFeed feed,
    IDbContextFactory<FleetDb> databases,
    TimeProvider time,
    ILogger<PresenceWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NoteInterval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<HostId, string> _states = new();
    private DateTimeOffset _noted;

    /// <summary>Looks at every host once.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        foreach (HostRecord host in directory.Hosts)
        {
            string state = presence.State(host.Id);
            string before = _states.GetOrAdd(host.Id, state);
            if (before == state || !_states.TryUpdate(host.Id, state, before))
            {
                continue;
            }

            feed.Publish(LiveTopics.Hosts);
            FleetEvent change = new()
            {
                Host = host.Id,
                HostName = host.Name,
                Epoch = IncomingBatch.ServerEpoch,
                Time = time.GetUtcNow(),
                Kind = EventKinds.HostState,
                Detail = $"{host.Name} is {state}; it was {before}.",
            };
            await events.StoreAsync(new IncomingBatch(host.Id, host.Name, IncomingBatch.ServerEpoch, [change], change.Time), ct);
        }

        await NoteAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // One failure (a full disk, say) must not end the watch: the next look tries again.
                log.LookFailed(error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task NoteAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (now - _noted < NoteInterval)
        {
            return;
        }

        _noted = now;
        List<HostId> connected = directory.Hosts.Select(host => host.Id).Where(presence.IsConnected).ToList();
        if (connected.Count is 0)
        {
            return;
        }

        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        foreach (HostId[] some in connected.Chunk(500))
        {
            await db.Hosts.Where(host => some.Contains(host.Id)).ExecuteUpdateAsync(host => host.SetProperty(h => h.LastSeen, now), ct);
        }
    }
}
