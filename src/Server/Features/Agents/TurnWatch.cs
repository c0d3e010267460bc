using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Telling;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Live;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Agents;

/// <summary>Notices two machines that use one identity, makes it a finding of the host, and tells of it once while the finding stands.</summary>
internal sealed class TurnWatch(
    HostDirectory directory,
    AgentConnections connections,
    IFleetNews news,
    IDbContextFactory<FleetDb> databases,
    Outbox outbox,
    LiveFeed feed,
    TimeProvider time,
    ILogger<TurnWatch> log) : ITurns
{
    /// <summary>How long a refused machine is told to wait.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private const int Slack = 1000;
    private readonly ConcurrentDictionary<HostId, IdentityTurns> _turns = new();
    private readonly Lock _gate = new();

    public async Task<TurnOutcome> TakeAsync(HostId id, Greeter greeter, bool occupied, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        TurnOutcome outcome = default;
        IdentityTurns after = Change(id, turns =>
        {
            (IdentityTurns taken, outcome) = turns.Take(greeter, occupied, now);
            return taken;
        });
        news.Publish(NewsKind.Turn, new Turn(id, outcome, greeter, now).ToString());
        if (outcome is not TurnOutcome.Welcome)
        {
            await FoundAsync(id, after, ct);
        }

        return outcome;
    }

    public void Elsewhere(Turn turn)
    {
        // Whoever said hello here meanwhile is newer, and that news is on its way to the server of this turn.
        bool overtaken = false;
        IdentityTurns after = Change(turn.Host, turns =>
        {
            overtaken = turns.Overtakes(turn.At);
            return overtaken ? turns.TakeOvertaken(turn.Greeter) : turns.Take(turn.Greeter, occupied: turn.Outcome is TurnOutcome.Refused, turn.At).After;
        });
        if (!overtaken && turn.Outcome is not TurnOutcome.Refused)
        {
            connections.CutHere(turn.Host, "It said hello to another server.", greeted: true);
        }

        // The server that found it out writes the event.
        if (turn.Outcome is not TurnOutcome.Welcome)
        {
            directory.Note(turn.Host, host => host with { Twice = new TwiceFinding(time.GetUtcNow(), after.Note()) });
            feed.Hear(LiveTopics.Hosts);
        }
    }

    private IdentityTurns Change(HostId id, Func<IdentityTurns, IdentityTurns> change)
    {
        lock (_gate)
        {
            IdentityTurns after = change(_turns.GetValueOrDefault(id, IdentityTurns.None));
            _turns[id] = after;
            ForgetDeleted();
            return after;
        }
    }

    private void ForgetDeleted()
    {
        if (_turns.Count > 2 * directory.Count + Slack)
        {
            foreach (HostId gone in _turns.Keys.Where(known => !directory.TryGet(known, out _)))
            {
                _turns.TryRemove(gone, out _);
            }
        }
    }

    private async Task FoundAsync(HostId id, IdentityTurns turns, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        string note = turns.Note();
        bool first = false;
        directory.Note(id, host =>
        {
            first = host.Twice is not { } before || now - before.At >= TwiceFinding.Holds;
            return host with { Twice = new TwiceFinding(now, note) };
        });
        if (!first || !directory.TryGet(id, out HostRecord? host))
        {
            return;
        }

        log.ConnectedTwice(id, note);
        feed.Publish(LiveTopics.Hosts);
        try
        {
            await TellAsync(host, note, now, ct);
        }
        catch
        {
            directory.Note(id, found => found with { Twice = null }); // It was not told: the next turn is the first again.
            throw;
        }
    }

    private async Task TellAsync(HostRecord host, string note, DateTimeOffset now, CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        Outbox.Add(db, new FleetEvent
        {
            Host = host.Id,
            HostName = host.Name,
            Time = now,
            Kind = EventKinds.HostState,
            Detail = $"{host.Name} is connected twice: {note}",
        });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        outbox.Ring();
    }
}
