using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Agents;

/// <summary>Stores what agents report of themselves: first in fleet.db, then in the directory, then in the news. Unchanged reports are not written.</summary>
internal sealed class AgentReports(
    IDbContextFactory<FleetDb> databases, HostDirectory directory, HostPresence presence, ServerRoster servers, LiveFeed feed, TimeProvider time)
{
    private static readonly TimeSpan RejectionRepeat = TimeSpan.FromMinutes(1);

    /// <returns>Whether the inventory behind the hello is not the one we have.</returns>
    public async Task<bool> HelloAsync(HostId id, HelloMessage message, CancellationToken ct)
    {
        string json = JsonSerializer.Serialize(message, FleetJson.Options);
        if (servers.IsShared && directory.TryGet(id, out HostRecord? known) && known.Hello is { } before && JsonSerializer.Serialize(before, FleetJson.Options) == json)
        {
            // Fleets that come back say what they said before: nothing is written, and nobody else has to read it.
            feed.Publish(LiveTopics.Hosts);
            return known.Inventory?.Hash != message.InventoryHash;
        }

        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(
            host => host.SetProperty(h => h.Hello, json).SetProperty(h => h.Name, message.Host.Name)
                .SetProperty(h => h.Simulated, message.Host.Simulated).SetProperty(h => h.LastSeen, now),
            ct);
        directory.Update(id, host => host with { Hello = message, Name = message.Host.Name, Simulated = message.Host.Simulated });
        feed.Publish(LiveTopics.Hosts);
        return !directory.TryGet(id, out HostRecord? record) || record.Inventory?.Hash != message.InventoryHash;
    }

    public async Task InventoryAsync(HostId id, InventoryReport report, CancellationToken ct)
    {
        string json = JsonSerializer.Serialize(report, FleetJson.Options);
        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(
            host => host.SetProperty(h => h.Inventory, json).SetProperty(h => h.InventoryAt, now), ct);
        directory.Update(id, host => host with { Inventory = report, InventoryAt = now });
        feed.Publish(LiveTopics.Functions);
        feed.Publish(LiveTopics.Hosts);
    }

    public async Task StateAsync(HostId id, StateReport report, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        string json = Durable(report);

        // A rejection that is repeated is one of what is wanted now: who leads a rollout, on another server perhaps, waits to see that it is.
        bool changed = !directory.TryGet(id, out HostRecord? before) || before.State is null || Durable(before.State) != json
            || (report.Rejected is not null && now - before.StateStoredAt > RejectionRepeat);
        if (changed)
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(
                host => host.SetProperty(h => h.State, json).SetProperty(h => h.StateAt, now), ct);
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
            await using FleetDb db = await databases.CreateDbContextAsync(CancellationToken.None);
            await db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(host => host.SetProperty(h => h.LastSeen, lastSeen), CancellationToken.None);
        }

        feed.Publish(LiveTopics.Hosts);
    }

    // The number of spooled events and the time change with every report and are worth no row update.
    private static string Durable(StateReport report) => JsonSerializer.Serialize(report with { EventsSpooled = 0, Time = null }, FleetJson.Options);
}
