using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Live;

/// <summary>
/// The hosts of fleet.db in memory, so that filters need no query. The database is the truth: who changes it calls
/// <see cref="Update"/> after the commit, never before.
/// </summary>
internal sealed class HostDirectory(IDbContextFactory<FleetDb> databases)
{
    private readonly ConcurrentDictionary<HostId, HostRecord> _hosts = new();

    /// <summary>Every host; a snapshot.</summary>
    public IReadOnlyCollection<HostRecord> Hosts => (IReadOnlyCollection<HostRecord>)_hosts.Values;

    public bool TryGet(HostId id, [NotNullWhen(true)] out HostRecord? host) => _hosts.TryGetValue(id, out host);

    /// <summary>Reads all hosts; once, at start.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await foreach (HostRow host in db.Hosts.AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            _hosts[host.Id] = Read(host);
        }
    }

    /// <summary>Puts a host that has just been stored into the directory.</summary>
    public void Add(HostRow host) => _hosts[host.Id] = Read(host);

    /// <summary>Changes one host's record; nothing when the host is not known.</summary>
    public void Update(HostId id, Func<HostRecord, HostRecord> change)
    {
        while (_hosts.TryGetValue(id, out HostRecord? before) && !_hosts.TryUpdate(id, change(before), before))
        {
        }
    }

    /// <summary>Takes a host that has just been deleted out of the directory.</summary>
    public void Remove(HostId id) => _hosts.TryRemove(id, out _);

    private static HostRecord Read(HostRow host) => new()
    {
        Id = host.Id,
        Name = host.Name,
        MachineId = host.MachineId,
        KeyThumbprint = host.KeyThumbprint,
        Joined = host.Joined,
        Simulated = host.Simulated,
        DuplicateMachineId = host.DuplicateMachineId,
        Access = HostAccess.Of(host),
        Version = host.Version,
        Labels = Parse<ImmutableSortedDictionary<string, string>>(host.Labels) ?? ImmutableSortedDictionary<string, string>.Empty,
        Hello = Parse<HelloMessage>(host.Hello),
        Inventory = Parse<InventoryReport>(host.Inventory),
        InventoryAt = host.InventoryAt,
        State = Parse<StateReport>(host.State),
        StateAt = host.StateAt,
        Desired = Parse<ImmutableSortedDictionary<string, int>>(host.Desired) ?? ImmutableSortedDictionary<string, int>.Empty,
        Generation = host.Generation,
    };

    private static T? Parse<T>(string? json)
        where T : class => json is null ? null : JsonSerializer.Deserialize<T>(json, FleetJson.Options);
}
