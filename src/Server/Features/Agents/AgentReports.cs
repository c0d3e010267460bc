using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Agents;

/// <summary>Stores what agents report of themselves: first in fleet.db, then in the directory, then in the news. Unchanged reports are not written.</summary>
internal sealed class AgentReports(
    HostRowWriter rows, AssignmentNumbers numbers, HostDirectory directory, HostPresence presence, ServerRoster servers, LiveFeed feed, TimeProvider time)
{
    private static readonly TimeSpan RejectionRepeat = TimeSpan.FromMinutes(1);

    /// <param name="id">Whose.</param>
    /// <param name="message">What was said, checked.</param>
    /// <param name="json">The same as it is stored.</param>
    /// <returns>Whether the inventory behind the hello is not the one we have.</returns>
    public async Task<bool> HelloAsync(HostId id, HelloMessage message, string json)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (directory.TryGet(id, out HostRecord? known) && known.Hello is { } before && JsonSerializer.Serialize(before, FleetJson.Options) == json)
        {
            // Fleets that come back say what they said before: nothing but the time is new, and where servers are several nobody else has to read it.
            if (!servers.IsShared)
            {
                await rows.WriteAsync(id, db => db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(host => host.SetProperty(h => h.LastSeen, now), CancellationToken.None));
            }
        }
        else
        {
            await rows.WriteAsync(id, db => db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(
                host => host.SetProperty(h => h.Hello, json).SetProperty(h => h.Name, message.Host.Name)
                    .SetProperty(h => h.Simulated, message.Host.Simulated).SetProperty(h => h.LastSeen, now),
                CancellationToken.None));
            directory.Update(id, host => host with
            {
                Hello = message,
                Name = message.Host.Name,
                MachineId = message.Host.MachineId,
                Simulated = message.Host.Simulated,
            });
        }

        feed.Publish(LiveTopics.Hosts);
        return !directory.TryGet(id, out HostRecord? record) || record.Inventory?.Hash != message.InventoryHash;
    }

    public async Task InventoryAsync(HostId id, InventoryReport report, string json)
    {
        DateTimeOffset now = time.GetUtcNow();
        await rows.WriteAsync(id, db => db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(
            host => host.SetProperty(h => h.Inventory, json).SetProperty(h => h.InventoryAt, now), CancellationToken.None));
        InventoryReport shared = directory.Share(report);
        directory.Update(id, host => host with { Inventory = shared, InventoryAt = now });
        feed.Publish(LiveTopics.Functions);
        feed.Publish(LiveTopics.Hosts);
    }

    public async Task StateAsync(HostId id, StateReport report, string json)
    {
        await numbers.KeepAboveAsync(id, report.Generation);
        DateTimeOffset now = time.GetUtcNow();

        // A rejection of nobody knows what, repeated, is one of what is wanted now: who leads a rollout, on another server perhaps, waits to see that it is.
        bool changed = !directory.TryGet(id, out HostRecord? before) || before.State is null || Durable(before.State) != json
            || (report is { Rejected: not null, RejectedGeneration: null } && now - before.StateStoredAt > RejectionRepeat);
        if (changed)
        {
            await rows.WriteAsync(id, db => db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(
                host => host.SetProperty(h => h.State, json).SetProperty(h => h.StateAt, now), CancellationToken.None));
        }

        if (!changed)
        {
            directory.Note(id, host => host with { State = report, StateAt = now, ClockOffset = report.Time - now });
        }
        else
        {
            directory.Update(id, host => host with { State = report, StateAt = now, StateStoredAt = now, ClockOffset = report.Time - now });
            feed.Publish(LiveTopics.Claims);
            feed.Publish(LiveTopics.Hosts);
        }
    }

    /// <summary>An agent's connection ended.</summary>
    public async Task LeftAsync(HostId id)
    {
        if (!servers.IsShared)
        {
            // Where servers are several the host's row is left alone: which of them holds it is in a row of its own.
            DateTimeOffset lastSeen = presence.LastSeen(id);
            await rows.WriteAsync(id, db => db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(host => host.SetProperty(h => h.LastSeen, lastSeen), CancellationToken.None));
        }

        feed.Publish(LiveTopics.Hosts);
    }

    private static string Durable(StateReport report) => JsonSerializer.Serialize(ReportCheck.Lasting(report), FleetJson.Options);
}
