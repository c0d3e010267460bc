using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Live.Attestation;

/// <summary>The standings of fleet.db in memory. One change at a time, in one transaction with whatever belongs to it; the memory follows the commit.</summary>
internal sealed class DeviceDirectory(IDbContextFactory<FleetDb> databases) : IDisposable
{
    private readonly ConcurrentDictionary<FunctionId, DeviceStanding> _devices = new();
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Every standing; a snapshot.</summary>
    public IReadOnlyCollection<DeviceStanding> Devices => (IReadOnlyCollection<DeviceStanding>)_devices.Values;

    public bool TryGet(FunctionId id, [NotNullWhen(true)] out DeviceStanding? standing) => _devices.TryGetValue(id, out standing);

    /// <summary>Reads all standings; once, at start.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await foreach (DeviceRow row in db.Set<DeviceRow>().AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            DeviceStanding standing = JsonSerializer.Deserialize<DeviceStanding>(row.Standing, FleetJson.Options)!;
            _devices[standing.Function] = standing;
        }
    }

    /// <summary>Changes a standing and whatever else belongs to the change.</summary>
    /// <param name="change">Gets the database within a transaction and the standing before; answers the one after. It must not save.</param>
    public async Task<DeviceStanding?> ChangeAsync(FunctionId id, Func<FleetDb, DeviceStanding?, Task<DeviceStanding?>> change, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(ct);
            DeviceStanding? before = _devices.GetValueOrDefault(id);
            DeviceStanding? after = await change(db, before);
            if (after is not null && !ReferenceEquals(after, before))
            {
                await PutAsync(db, after, ct);
            }

            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            if (after is not null)
            {
                _devices[id] = after;
            }

            return after;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Changes many standings at once.</summary>
    public async Task ChangeAsync(IReadOnlyList<FunctionId> ids, Func<FunctionId, DeviceStanding?, DeviceStanding> change, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            List<DeviceStanding> changed = [];
            foreach (FunctionId id in ids)
            {
                DeviceStanding? before = _devices.GetValueOrDefault(id);
                DeviceStanding after = change(id, before);
                if (!ReferenceEquals(before, after))
                {
                    changed.Add(after);
                }
            }

            if (changed.Count is 0)
            {
                return;
            }

            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(ct);
            foreach (DeviceStanding standing in changed)
            {
                await PutAsync(db, standing, ct);
            }

            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            changed.ForEach(standing => _devices[standing.Function] = standing);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Where else an identity is known to be, in words. Functions of one device may share one.</summary>
    public string? KnownElsewhere(FunctionId here, string identity, Func<HostId, string> hostName) => _devices.Values
        .Where(other => other.Pin == identity && !SameDevice(other.Function, here))
        .Select(other => $"{other.Function.Address} on {hostName(other.Function.Host)}")
        .FirstOrDefault();

    public void Dispose() => _gate.Dispose();

    private static bool SameDevice(FunctionId left, FunctionId right)
    {
        (PciAddress a, PciAddress b) = (left.Address, right.Address);
        return left.Host == right.Host && (a.Domain, a.Bus, a.Device) == (b.Domain, b.Bus, b.Device);
    }

    private static async Task PutAsync(FleetDb db, DeviceStanding standing, CancellationToken ct)
    {
        string address = standing.Function.Address.ToString();
        string json = JsonSerializer.Serialize(standing, FleetJson.Options);
        if (await db.Set<DeviceRow>().FindAsync([standing.Function.Host, address], ct) is { } row)
        {
            row.Standing = json;
        }
        else
        {
            db.Add(new DeviceRow { Host = standing.Function.Host, Address = address, Standing = json });
        }
    }
}
