using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Live.Attestation;

/// <summary>
/// The standings of the database in memory. A change begins with what the database says, which another server may have written, and goes in one transaction
/// with whatever belongs to it; the memory follows the commit.
/// </summary>
internal sealed class DeviceDirectory(IDbContextFactory<FleetDb> databases, IFleetNews news) : IDisposable
{
    private const int RowsPerRead = 500;
    private readonly ConcurrentDictionary<FunctionId, DeviceStanding> _devices = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Dictionary<string, long> _versions = [];

    /// <summary>Every standing; a snapshot.</summary>
    public IReadOnlyCollection<DeviceStanding> Devices => (IReadOnlyCollection<DeviceStanding>)_devices.Values;

    public bool TryGet(FunctionId id, [NotNullWhen(true)] out DeviceStanding? standing) => _devices.TryGetValue(id, out standing);

    /// <summary>Reads all standings.</summary>
    public Task LoadAsync(CancellationToken ct) => AloneAsync(
        async () =>
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await foreach (DeviceRow row in db.Set<DeviceRow>().AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
            {
                DeviceStanding standing = Read(row);
                _devices[standing.Function] = standing;
            }

            return 0;
        },
        ct);

    /// <summary>Compares the versions of all rows with those that were read, and reads what differs.</summary>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        Dictionary<string, long> versions = await RowVersions.OfDevicesAsync(db, ct);
        await ReloadAsync([.. versions.Where(row => !_versions.TryGetValue(row.Key, out long read) || read != row.Value).Select(row => Id(row.Key))], ct);
        await AloneAsync(
            () =>
            {
                foreach (FunctionId id in _versions.Keys.Where(key => !versions.ContainsKey(key)).Select(Id))
                {
                    _devices.TryRemove(id, out _);
                }

                return Task.FromResult(0);
            },
            ct);
        _versions = versions;
    }

    /// <summary>Another server forgot a host: its standings went with it.</summary>
    public Task DropAsync(HostId host, CancellationToken ct) => AloneAsync(
        () =>
        {
            foreach (FunctionId id in _devices.Keys.Where(id => id.Host == host))
            {
                _devices.TryRemove(id, out _);
            }

            return Task.FromResult(0);
        },
        ct);

    /// <summary>Reads standings anew that another server changed.</summary>
    public Task ReloadAsync(IReadOnlyCollection<FunctionId> ids, CancellationToken ct) => AloneAsync(
        async () =>
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            foreach (FunctionId[] some in ids.Chunk(RowsPerRead))
            {
                HashSet<FunctionId> wanted = [.. some];
                HostId[] hosts = [.. some.Select(id => id.Host).Distinct()];
                List<DeviceRow> rows = await db.Set<DeviceRow>().AsNoTracking().Where(row => hosts.Contains(row.Host)).ToListAsync(ct);
                foreach (DeviceStanding standing in rows.Select(Read).Where(standing => wanted.Contains(standing.Function)))
                {
                    _devices[standing.Function] = standing;
                }
            }

            return 0;
        },
        ct);

    /// <summary>Changes a standing and whatever else belongs to the change.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="change">Gets the database within a transaction and the standing before; answers the one after. It must not save.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The one after; null for none, and where the host is no more: of what is gone nothing is known.</returns>
    public Task<DeviceStanding?> ChangeAsync(FunctionId id, Func<FleetDb, DeviceStanding?, Task<DeviceStanding?>> change, CancellationToken ct) => AloneAsync(
        async () =>
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
            await RowLocks.TakeAsync(db, id.ToString(), ct);
            DeviceRow? row = await FindAsync(db, id, ct);
            DeviceStanding? before = row is null ? null : Read(row);
            DeviceStanding? after = await change(db, before);
            if (row is null && !await db.Hosts.AnyAsync(host => host.Id == id.Host, ct))
            {
                after = null;
            }

            if (after is not null && !ReferenceEquals(after, before))
            {
                Put(db, row, after);
            }

            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            if (after is not null)
            {
                _devices[id] = after;
                news.Publish(NewsKind.Device, id.ToString());
            }

            return after;
        },
        ct);

    /// <summary>Changes many standings at once.</summary>
    /// <param name="ids">Whose.</param>
    /// <param name="change">Answers the standing after; the same object where nothing changes.</param>
    /// <param name="ct">Cancels.</param>
    public Task ChangeAsync(IReadOnlyList<FunctionId> ids, Func<FunctionId, DeviceStanding?, DeviceStanding> change, CancellationToken ct) => AloneAsync(
        async () =>
        {
            // The memory says which may change; what they change to follows from the database.
            FunctionId[] likely = [.. ids.Where(id => _devices.GetValueOrDefault(id) is var known && !ReferenceEquals(known, change(id, known)))
                .OrderBy(id => id.ToString(), StringComparer.Ordinal)];
            if (likely.Length is 0)
            {
                return 0;
            }

            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
            List<DeviceStanding> changed = [];
            HostId[] hosts = [.. likely.Select(id => id.Host).Distinct()];
            HashSet<HostId> known = [.. await db.Hosts.Where(host => hosts.Contains(host.Id)).Select(host => host.Id).ToListAsync(ct)];
            foreach (FunctionId id in likely.Where(id => known.Contains(id.Host)))
            {
                await RowLocks.TakeAsync(db, id.ToString(), ct);
                DeviceRow? row = await FindAsync(db, id, ct);
                DeviceStanding? before = row is null ? null : Read(row);
                DeviceStanding after = change(id, before);
                changed.Add(after);
                if (!ReferenceEquals(before, after))
                {
                    Put(db, row, after);
                }
            }

            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            foreach (DeviceStanding standing in changed)
            {
                _devices[standing.Function] = standing;
                news.Publish(NewsKind.Device, standing.Function.ToString());
            }

            return changed.Count;
        },
        ct);

    /// <summary>Forgets what is known of a host's functions, in one transaction with the host itself.</summary>
    /// <param name="host">The host.</param>
    /// <param name="change">Gets the database within the transaction, and the host's standings as they are in it; false leaves everything as it was. It must not save.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What the change said.</returns>
    public async Task<bool> ForgetAsync(HostId host, Func<FleetDb, IReadOnlyList<DeviceStanding>, Task<bool>> change, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
            List<DeviceRow> standings = await db.Set<DeviceRow>().AsNoTracking().Where(row => row.Host == host).ToListAsync(ct);
            if (!await change(db, [.. standings.Select(Read)]))
            {
                return false;
            }

            await db.Set<DeviceRow>().Where(row => row.Host == host).ExecuteDeleteAsync(ct);
            await db.Set<BaselineRow>().Where(row => row.Host == host).ExecuteDeleteAsync(ct);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            foreach (FunctionId id in _devices.Keys.Where(id => id.Host == host))
            {
                _devices.TryRemove(id, out _);
            }

            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    // One at a time in this process, from the reading to the memory: so what is read never takes the place of what was written after.
    private async Task<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            return await work();
        }
        finally
        {
            _gate.Release();
        }
    }

    private static FunctionId Id(string key) => key.Split(' ') is [var host, var address]
        ? new FunctionId(HostId.Parse(host), PciAddress.Parse(address))
        : throw new FormatException($"'{key}' is no key of a standing.");

    private static DeviceStanding Read(DeviceRow row) => JsonSerializer.Deserialize<DeviceStanding>(row.Standing, FleetJson.Options)!;

    private static async Task<DeviceRow?> FindAsync(FleetDb db, FunctionId id, CancellationToken ct) =>
        await db.Set<DeviceRow>().FindAsync([id.Host, id.Address.ToString()], ct);

    private static void Put(FleetDb db, DeviceRow? row, DeviceStanding standing)
    {
        if (row is null)
        {
            row = new DeviceRow { Host = standing.Function.Host, Address = standing.Function.Address.ToString(), Standing = "" };
            db.Add(row);
        }

        row.Standing = JsonSerializer.Serialize(standing, FleetJson.Options);
        row.Pin = standing.Pin;
    }
}
