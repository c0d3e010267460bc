using System.Threading.Channels;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Fleet.Server.Live.Cell;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Reconcile.Attestation;

/// <summary>
/// Keeps attestation going: notices new functions, boots and changes, begins what is due, closes what nobody answered, takes up evidence that a server which
/// was killed had not appraised. All that it knows is in fleet.db and in what hosts report.
/// </summary>
internal sealed class AttestationReconciler(
    ILeadership leadership,
    IDbContextFactory<FleetDb> databases,
    DeviceDirectory devices,
    HostDirectory hosts,
    IAgentConnections connections,
    Attestations attestations,
    IAppraisals appraisals,
    AttestationMetrics metrics,
    AttestationTimes times,
    LiveFeed feed,
    TimeProvider time,
    ILogger<AttestationReconciler> log) : LeaderService(leadership)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Evidence that just came is appraised by who took it in; what is older was left behind.
    private static readonly TimeSpan LeftBehind = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CleaningPeriod = TimeSpan.FromHours(1);
    private const int MostCleaned = 100_000;
    private readonly Dictionary<HostId, (InventoryReport? Inventory, string? Boot)> _noticed = [];
    private DateTimeOffset _cleaned;

    protected override async Task LeadAsync(LeaderTerm term, CancellationToken ct)
    {
        Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using IDisposable subscription = feed.Subscribe(change =>
        {
            if (change.Topic is LiveTopics.Hosts or LiveTopics.Functions or LiveTopics.Attestations)
            {
                wake.Writer.TryWrite(true);
            }
        });
        using ITimer timer = time.CreateTimer(_ => wake.Writer.TryWrite(true), null, TimeSpan.Zero, Period);
        bool caughtUp = false;
        await foreach (bool _ in wake.Reader.ReadAllAsync(ct))
        {
            try
            {
                if (!caughtUp)
                {
                    await appraisals.CatchUpAsync(ct);
                    caughtUp = true;
                }

                await PassAsync(ct);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The edge of the loop: whatever stands in the way now, the next second tries again. Of its database the server has said so already.
                if (DatabaseFailures.Reason(error) is null)
                {
                    log.AttestationPassFailed(error);
                }
            }
        }
    }

    private async Task PassAsync(CancellationToken ct)
    {
        await NoticeAsync(ct);
        await CloseAsync(ct);
        await TakeUpAsync(ct);
        DateTimeOffset now = time.GetUtcNow();
        IEnumerable<DeviceStanding> candidates = devices.Devices.Where(device => device.Open is not null || (device.Due <= now && Reachable(device)));
        foreach (DeviceStanding due in AttestationSchedule.Plan(candidates, times, now))
        {
            await attestations.StartAsync(due.Function, due.Trigger, null, ct);
        }

        if (now - _cleaned > CleaningPeriod)
        {
            _cleaned = now;
            await CleanAsync(ct);
        }
    }

    private bool Reachable(DeviceStanding device) =>
        connections.IsConnected(device.Function.Host) && hosts.TryGet(device.Function.Host, out HostRecord? host) && attestations.Obstacle(host, device.Function) is null;

    private async Task NoticeAsync(CancellationToken ct)
    {
        if (_noticed.Count > hosts.Hosts.Count)
        {
            foreach (HostId gone in _noticed.Keys.Where(known => !hosts.TryGet(known, out _)).ToList())
            {
                _noticed.Remove(gone);
            }
        }

        foreach (HostRecord host in hosts.Hosts.Where(host => connections.IsConnected(host.Id) && host is { Inventory: not null, Hello: not null }))
        {
            (InventoryReport? Inventory, string? Boot) now = (host.Inventory, host.Facts!.BootId);
            if (_noticed.TryGetValue(host.Id, out (InventoryReport? Inventory, string? Boot) before)
                && ReferenceEquals(before.Inventory, now.Inventory) && before.Boot == now.Boot)
            {
                continue;
            }

            Dictionary<PciAddress, FunctionFacts> functions = host.Functions.Where(facts => FunctionNaming.SpdmMailboxes(facts).Any()).ToDictionary(facts => facts.Address);
            await devices.ChangeAsync(
                [.. functions.Keys.Select(address => new FunctionId(host.Id, address))],
                (id, standing) => AttestationSchedule.Notice(standing, id, functions[id.Address], now.Boot!, times, time.GetUtcNow()),
                ct);
            _noticed[host.Id] = now;
            feed.Publish(LiveTopics.Attestations);
        }
    }

    /// <summary>Closes what nobody answered: the attempt is told, the standing keeps what it rests on, which ages.</summary>
    private async Task CloseAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        var expired = await db.Set<AttestationRow>().Where(row => row.Phase == AttestationPhase.Open && row.Expires < now && row.Consumed == null)
            .Select(row => new { row.Id, row.Host, row.Address }).ToListAsync(ct);
        foreach (var row in expired)
        {
            await devices.ChangeAsync(new FunctionId(row.Host, PciAddress.Parse(row.Address)), (change, standing) => UnansweredAsync(change, standing, row.Id, now, ct), ct);
            metrics.Unanswered();
            feed.Publish(LiveTopics.Attestations);
        }
    }

    private async Task<DeviceStanding?> UnansweredAsync(FleetDb db, DeviceStanding? standing, string id, DateTimeOffset now, CancellationToken ct)
    {
        int changed = await db.Set<AttestationRow>().Where(row => row.Id == id && row.Phase == AttestationPhase.Open && row.Consumed == null)
            .ExecuteUpdateAsync(row => row.SetProperty(r => r.Phase, AttestationPhase.Unanswered), ct);
        if (changed is 0 || standing?.Open != id)
        {
            return standing;
        }

        string attempt = $"No evidence came for the attestation of {now:yyyy-MM-dd HH:mm:ss} UTC.";
        return standing with
        {
            Open = null,
            OpenUntil = null,
            Failures = standing.Failures + 1,
            Due = times.Next(now, times.Every, standing.Failures + 1, 0),
            Attempt = standing.EvidenceAt is null ? null : attempt,
            Reason = standing.EvidenceAt is null ? attempt : standing.Reason,
        };
    }

    private async Task TakeUpAsync(CancellationToken ct)
    {
        DateTimeOffset before = time.GetUtcNow() - LeftBehind;
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        var left = await db.Set<EvidenceRow>().Where(evidence => evidence.Appraised == null && evidence.Received < before)
            .Select(evidence => new { evidence.Attestation, evidence.Hash }).ToListAsync(ct);
        foreach (var evidence in left)
        {
            await attestations.AppraiseAsync(evidence.Attestation, evidence.Hash, ct);
        }
    }

    /// <summary>Deletes evidence that has been kept as long as was promised and that no standing rests on.</summary>
    private async Task CleanAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        List<string> over = await db.Set<EvidenceRow>().Where(evidence => evidence.KeptUntil < now).Select(evidence => evidence.Attestation).Distinct().ToListAsync(ct);
        HashSet<string?> needed = [.. devices.Devices.SelectMany(device => new[] { device.Attestation, device.QuarantineAttestation })];
        HashSet<string> pinned = [.. await db.Set<BaselineRow>().Select(baseline => baseline.Attestation).ToListAsync(ct)];
        foreach (string[] some in over.Where(id => !needed.Contains(id) && !pinned.Contains(id)).Chunk(500))
        {
            await db.Set<EvidenceRow>().Where(evidence => some.Contains(evidence.Attestation) && evidence.KeptUntil < now).ExecuteDeleteAsync(ct);
        }

        // What has no evidence left, or never had, says nothing that could be checked.
        DateTimeOffset before = now - times.KeepEvidence;
        List<string> empty = await db.Set<AttestationRow>()
            .Where(row => row.Created < before && row.Phase != AttestationPhase.Open && !db.Set<EvidenceRow>().Any(evidence => evidence.Attestation == row.Id))
            .OrderBy(row => row.Id).Select(row => row.Id).Take(MostCleaned).ToListAsync(ct);
        foreach (string[] some in empty.Where(id => !needed.Contains(id) && !pinned.Contains(id)).Chunk(500))
        {
            await db.Set<AttestationRow>().Where(row => some.Contains(row.Id)).ExecuteDeleteAsync(ct);
        }
    }
}
