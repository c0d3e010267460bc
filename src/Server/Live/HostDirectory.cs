using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Live;

/// <summary>
/// The hosts of the database in memory, so that filters need no query. The database is the truth: who changes it calls
/// <see cref="Update"/> after the commit, never before; the other servers are told then, and read the row anew.
/// </summary>
internal sealed class HostDirectory(IDbContextFactory<FleetDb> databases, IFleetNews news)
{
    private const int RowsPerRead = 200;
    private readonly ConcurrentDictionary<HostId, HostRecord> _hosts = new();
    private readonly HostIndex _index = new();
    private readonly SharedFacts _facts = new();
    private Dictionary<HostId, long> _versions = [];

    /// <summary>A report as it is kept: what it has in common with other hosts' is one for all.</summary>
    public InventoryReport Share(InventoryReport report) => _facts.Share(report);

    /// <summary>Every host; a snapshot.</summary>
    public IReadOnlyCollection<HostRecord> Hosts => (IReadOnlyCollection<HostRecord>)_hosts.Values;

    /// <summary>How many there are.</summary>
    public int Count => _hosts.Count;

    /// <summary>Every host by name, then by id; a snapshot. One that was deleted a moment ago may be in it, and is no longer in the directory.</summary>
    public ImmutableSortedSet<HostPlace> Ordered => _index.Ordered;

    /// <summary>The hosts of a machine id.</summary>
    public IEnumerable<HostRecord> OfMachine(string machineId) => _index.OfMachine(machineId).Select(id => _hosts.GetValueOrDefault(id)).OfType<HostRecord>();

    public bool TryGet(HostId id, [NotNullWhen(true)] out HostRecord? host) => _hosts.TryGetValue(id, out host);

    /// <summary>Reads all hosts; once, at start.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        _versions = await VersionsAsync(db, ct);
        Dictionary<HostId, AgentCertificate> certificates = await CertificatesAsync(db.Set<CertificateRow>(), ct);
        await foreach (HostRow host in db.Hosts.AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            _hosts[host.Id] = Read(host) with { Certificate = certificates.GetValueOrDefault(host.Id) };
        }

        Follow([.. _hosts.Keys]);
    }

    /// <summary>Puts a host that has just been stored into the directory.</summary>
    public void Add(HostRow host)
    {
        _hosts[host.Id] = Read(host);
        Follow([host.Id]);
        news.Publish(NewsKind.Host, host.Id.ToString());
    }

    /// <summary>Changes one host's record as its row has been changed; nothing when the host is not known.</summary>
    public void Update(HostId id, Func<HostRecord, HostRecord> change)
    {
        Note(id, change);
        news.Publish(NewsKind.Host, id.ToString());
    }

    /// <summary>Changes what is known of a host in memory alone, and no row has: nobody else is told.</summary>
    public void Note(HostId id, Func<HostRecord, HostRecord> change)
    {
        while (_hosts.TryGetValue(id, out HostRecord? before))
        {
            HostRecord after = change(before);
            if (_hosts.TryUpdate(id, after, before))
            {
                if (before.Name != after.Name || before.MachineId != after.MachineId)
                {
                    Follow([id]);
                }

                return;
            }
        }
    }

    /// <summary>Takes a host that has just been deleted out of the directory.</summary>
    public void Remove(HostId id)
    {
        _hosts.TryRemove(id, out _);
        Follow([id]);
        news.Publish(NewsKind.Host, id.ToString());
    }

    /// <summary>Finds a host that another server may have let in a moment ago.</summary>
    public async Task<HostRecord?> FindAsync(HostId id, CancellationToken ct)
    {
        if (!_hosts.ContainsKey(id))
        {
            await ReloadAsync([id], ct);
        }

        return _hosts.GetValueOrDefault(id);
    }

    /// <summary>Compares the versions of all rows with those that were read, and reads what differs; what this server changed itself is read once more.</summary>
    /// <returns>What was read, before and after.</returns>
    public async Task<IReadOnlyList<HostChange>> CatchUpAsync(CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);

        // The versions are older than the rows or the same: a row that changes in between is read again next time, never missed.
        Dictionary<HostId, long> versions = await VersionsAsync(db, ct);
        HostId[] differ = [.. versions.Where(row => !_versions.TryGetValue(row.Key, out long read) || read != row.Value).Select(row => row.Key)];
        IReadOnlyList<HostChange> changes = await ReloadAsync([.. differ, .. _hosts.Keys.Where(id => !versions.ContainsKey(id))], ct);
        _versions = versions;
        return changes;
    }

    /// <summary>Reads hosts anew whose rows another server changed, or took away.</summary>
    /// <returns>What was read, before and after.</returns>
    public async Task<IReadOnlyList<HostChange>> ReloadAsync(IReadOnlyCollection<HostId> ids, CancellationToken ct)
    {
        List<HostChange> changes = [];
        HashSet<HostId> wanted = [.. ids];
        while (wanted.Count > 0)
        {
            foreach (HostId[] some in wanted.Chunk(RowsPerRead))
            {
                Dictionary<HostId, HostRecord?> before = some.ToDictionary(id => id, id => _hosts.GetValueOrDefault(id));
                await using FleetDb db = await databases.CreateDbContextAsync(ct);
                Dictionary<HostId, HostRow> rows = await db.Hosts.AsNoTracking().Where(host => some.Contains(host.Id)).ToDictionaryAsync(host => host.Id, ct);
                Dictionary<HostId, AgentCertificate> certificates = await CertificatesAsync(db.Set<CertificateRow>().Where(row => some.Contains(row.Host)), ct);
                HostId[] replaced = [.. some.Where(id => Replace(id, before[id], rows.GetValueOrDefault(id), certificates.GetValueOrDefault(id)))];
                Follow(replaced);
                foreach (HostId id in replaced)
                {
                    changes.Add(new HostChange(id, before[id], _hosts.GetValueOrDefault(id)));
                    wanted.Remove(id);
                }
            }
        }

        return changes;
    }

    private void Follow(IEnumerable<HostId> ids) => _index.Follow(ids, _hosts.GetValueOrDefault);

    private static async Task<Dictionary<HostId, long>> VersionsAsync(FleetDb db, CancellationToken ct) => db.Database.IsSqlite()
        ? []
        : (await RowVersions.OfHostsAsync(db, ct)).ToDictionary(row => HostId.Parse(row.Key), row => row.Value);

    /// <returns>False when the record changed while its row was being read: which of the two is newer, only another look tells.</returns>
    private bool Replace(HostId id, HostRecord? before, HostRow? row, AgentCertificate? certificate) => (before, row) switch
    {
        (null, null) => true,
        (null, _) => _hosts.TryAdd(id, Read(row) with { Certificate = certificate }),
        (_, null) => _hosts.TryRemove(KeyValuePair.Create(id, before)),
        _ => _hosts.TryUpdate(id, Merge(before, row) with { Certificate = certificate }, before),
    };

    // The last one that an agent came in with.
    private static async Task<Dictionary<HostId, AgentCertificate>> CertificatesAsync(IQueryable<CertificateRow> rows, CancellationToken ct)
    {
        Dictionary<HostId, AgentCertificate> certificates = [];
        await foreach (CertificateRow row in rows.AsNoTracking().Where(one => one.State == CertificateState.Used).OrderBy(one => one.Issued)
            .AsAsyncEnumerable().WithCancellation(ct))
        {
            certificates[row.Host] = AgentCertificate.Of(row);
        }

        return certificates;
    }

    // Reports of agents are large: what has not changed is not read anew, and stays the same object for those who compare. A report that said nothing new is
    // in memory alone, and newer than the row.
    private HostRecord Merge(HostRecord before, HostRow row)
    {
        bool sameInventory = row.InventoryAt == before.InventoryAt;
        bool sameState = row.StateAt == before.StateStoredAt;
        HostRecord read = Read(row, inventory: !sameInventory, state: !sameState);
        return read with
        {
            Inventory = sameInventory ? before.Inventory : read.Inventory,
            State = sameState ? before.State : read.State,
            StateAt = sameState ? before.StateAt : read.StateAt,
            ClockOffset = before.ClockOffset,
            Twice = before.Twice,
        };
    }

    private HostRecord Read(HostRow host, bool inventory = true, bool state = true) => Read(host, Parse<HelloMessage>(host.Hello), inventory, state);

    private HostRecord Read(HostRow host, HelloMessage? hello, bool inventory, bool state) => new()
    {
        Id = host.Id,
        Name = host.Name,
        MachineId = hello?.Host.MachineId ?? host.MachineId,
        KeyThumbprint = host.KeyThumbprint,
        Joined = host.Joined,
        Simulated = host.Simulated,
        JoinToken = host.JoinTokenId,
        AdmittedBy = host.AdmittedBy,
        Access = HostAccess.Of(host),
        Version = host.Version,
        Labels = Parse<ImmutableSortedDictionary<string, string>>(host.Labels) ?? ImmutableSortedDictionary<string, string>.Empty,
        Hello = hello,
        Inventory = inventory && Parse<InventoryReport>(host.Inventory) is { } report ? Share(report) : null,
        InventoryAt = host.InventoryAt,
        State = state ? Parse<StateReport>(host.State) : null,
        StateAt = host.StateAt,
        StateStoredAt = host.StateAt,
        Desired = Parse<ImmutableSortedDictionary<string, int>>(host.Desired) ?? ImmutableSortedDictionary<string, int>.Empty,
        Generation = host.Generation,
    };

    private static T? Parse<T>(string? json)
        where T : class => json is null ? null : JsonSerializer.Deserialize<T>(json, FleetJson.Options);
}
