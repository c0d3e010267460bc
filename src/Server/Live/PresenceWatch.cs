using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Telling;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Live;

/// <summary>
/// Notices when a host's state changes. Of the servers on a database each sees it, for its own pages, and the leader records it as an event; one that does
/// not lead remembers the change for a while, in case that the leader dies before it has. What changed while nobody led, or no server ran, a leader finds by
/// what was told last. Once a minute each server notes who was connected to it.
/// </summary>
internal sealed class PresenceWatch(
    HostDirectory directory,
    HostPresence presence,
    ILeadership leadership,
    ServerRoster servers,
    Outbox outbox,
    LiveFeed feed,
    IDbContextFactory<FleetDb> databases,
    TimeProvider time,
    ILogger<PresenceWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private const int HostsAtOnce = 500;
    private static readonly TimeSpan NoteInterval = TimeSpan.FromMinutes(1);

    // Longer than it takes to find a dead leader and to begin in its place.
    private static readonly TimeSpan LeaderTells = TimeSpan.FromSeconds(20);

    // What agents may take to come back to a server that has begun: until then many hosts are silent that will not be.
    private static readonly TimeSpan Return = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<HostId, Known> _known = new();
    private long? _comparedTerm;
    private DateTimeOffset _noted;

    /// <summary>Looks at every host once.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        List<(HostRecord Host, Known Known)> untold = [];
        foreach (HostRecord host in directory.Hosts)
        {
            DateTimeOffset now = time.GetUtcNow();
            string state = presence.State(host);
            Known known = _known.GetOrAdd(host.Id, new Known(state, state, now));
            if (known.Seen != state)
            {
                known = known with { Seen = state, Since = now };
                feed.Hear(LiveTopics.Hosts); // Each server sees it by itself.
            }

            if (!host.Access.Admitted)
            {
                known = known with { Told = state }; // Who decided it told of it.
            }
            else if (known.Told != state && leadership.Term is not null)
            {
                untold.Add((host, known));
            }
            else if (known.Told != state && now - known.Since > LeaderTells)
            {
                known = known with { Told = state };
            }

            _known[host.Id] = known;
        }

        foreach ((HostRecord Host, Known Known)[] some in untold.Chunk(HostsAtOnce))
        {
            await TellAsync(some, ct);
        }

        await CompareAsync(ct);
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
                if (DatabaseFailures.Reason(error) is null)
                {
                    log.LookFailed(error);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // Once a term. What differs is told by the next look.
    private async Task CompareAsync(CancellationToken ct)
    {
        if (leadership.Term is not { } term || term.Generation == _comparedTerm || time.GetUtcNow() - servers.Started < Return)
        {
            return;
        }

        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        Dictionary<HostId, string> told = await db.Set<ToldStateRow>().AsNoTracking().ToDictionaryAsync(state => state.Host, state => state.State, ct);
        foreach ((HostId host, Known known) in _known)
        {
            // A host of which nothing was told has been live since it joined.
            _known[host] = known with { Told = told.GetValueOrDefault(host) ?? HostStates.Live };
        }

        _comparedTerm = term.Generation;
    }

    // Together: after a storm there are thousands, and each alone would wait for a commit of its own. What was told last is asked of the database: whether the
    // last attempt committed is not always known, and another server may have led meanwhile.
    private async Task TellAsync((HostRecord Host, Known Known)[] changes, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        HostId[] ids = [.. changes.Select(change => change.Host.Id)];
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        HashSet<HostId> kept = [.. await db.Hosts.Where(host => ids.Contains(host.Id)).Select(host => host.Id).ToListAsync(ct)];
        Dictionary<HostId, ToldStateRow> told = await db.Set<ToldStateRow>().Where(state => ids.Contains(state.Host)).ToDictionaryAsync(state => state.Host, ct);
        foreach ((HostRecord host, Known known) in changes.Where(change => kept.Contains(change.Host.Id)))
        {
            if (!told.TryGetValue(host.Id, out ToldStateRow? last))
            {
                db.Add(new ToldStateRow { Host = host.Id, State = known.Seen });
            }
            else if (last.State == known.Seen)
            {
                continue;
            }

            Outbox.Add(db, new FleetEvent
            {
                Host = host.Id,
                HostName = host.Name,
                Time = now,
                Kind = EventKinds.HostState,
                Detail = $"{host.Name} is {known.Seen}; it was {last?.State ?? known.Told}.",
            });
            last?.State = known.Seen;
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        outbox.Ring();
        foreach ((HostRecord host, Known known) in changes)
        {
            _known[host.Id] = known with { Told = known.Seen };
        }
    }

    private async Task NoteAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (servers.IsShared || now - _noted < NoteInterval) // Where servers are several, their heartbeats count for all that they hold.
        {
            return;
        }

        _noted = now;
        List<HostId> connected = directory.Hosts.Select(host => host.Id).Where(presence.IsConnectedHere).ToList();
        if (connected.Count is 0)
        {
            return;
        }

        foreach (HostId[] some in connected.Chunk(HostsAtOnce))
        {
            // Many rows at once: in line with other changes, or two could each wait for a row of the other's.
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
            await db.Hosts.Where(host => some.Contains(host.Id)).ExecuteUpdateAsync(host => host.SetProperty(h => h.LastSeen, now), ct);
            await transaction.CommitAsync(ct);
        }
    }

    /// <param name="Seen">The state at the last look.</param>
    /// <param name="Told">The state that events tell of.</param>
    /// <param name="Since">When it was first seen.</param>
    private sealed record Known(string Seen, string Told, DateTimeOffset Since);
}
