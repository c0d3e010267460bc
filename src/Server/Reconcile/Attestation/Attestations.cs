using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Reconcile.Attestation;

/// <summary>Makes jobs and takes evidence in. A job's nonces are consumed here, once, in the transaction that stores the evidence and before anything is concluded.</summary>
internal sealed class Attestations(
    IDbContextFactory<FleetDb> databases,
    DeviceDirectory devices,
    HostDirectory hosts,
    FleetViews views,
    ReferenceCatalog references,
    IAgentConnections connections,
    Appraisals appraisals,
    NonceSource nonces,
    AttestationTimes times,
    LiveFeed feed,
    TimeProvider time,
    ILogger<Attestations> log) : IAttestations
{
    private const int MostReports = 8;

    public async Task<(AttestationStarted? Started, string? Refusal)> StartAsync(FunctionId function, string trigger, string? author, CancellationToken ct)
    {
        if (!hosts.TryGet(function.Host, out HostRecord? host) || views.Function(host, function.Address) is not { } view)
        {
            return (null, $"There is no function {function}.");
        }

        if (Obstacle(host, function) is { } obstacle)
        {
            return (null, obstacle);
        }

        if (devices.TryGet(function, out DeviceStanding? known) && known is { Open: { } open, OpenUntil: { } until } && until > time.GetUtcNow())
        {
            return (new AttestationStarted(open, until), null);
        }

        IEnumerable<Spdm.SpdmVersion> versions = references.For(view, time.GetUtcNow())?.Versions ?? Enum.GetValues<Spdm.SpdmVersion>();
        return (await BeginAsync(host, function, PlanMaker.First(nonces, versions), trigger, author, 0, ct), null);
    }

    public async Task<bool> AcceptAsync(HostId host, EvidenceReport report, CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        AttestationRow? row = await db.Set<AttestationRow>().AsNoTracking().FirstOrDefaultAsync(found => found.Id == report.Job && found.Host == host, ct);
        if (row is null)
        {
            log.ForeignEvidence(host, report.Job.Length > 64 ? report.Job[..64] : report.Job);
            return false;
        }

        byte[] stored = JsonSerializer.SerializeToUtf8Bytes(report, FleetJson.Options);
        string hash = EvidenceWire.Hash(stored);
        if (await StoreAsync(row, stored, hash, ct))
        {
            await AppraiseAsync(row.Id, hash, ct);
        }

        return true;
    }

    public async Task<IReadOnlyList<AttestationJob>> OpenJobsAsync(HostId host, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        List<AttestationRow> rows = await db.Set<AttestationRow>().AsNoTracking()
            .Where(row => row.Host == host && row.Phase == AttestationPhase.Open && row.Consumed == null && row.Expires > now).OrderBy(row => row.Id).ToListAsync(ct);
        return [.. rows.Select(row => Job(row) with { LifetimeMilliseconds = (int)(row.Expires - now).TotalMilliseconds })];
    }

    /// <summary>Appraises stored evidence, and plans anew where what was asked did not fit the device.</summary>
    public async Task AppraiseAsync(string attestation, string hash, CancellationToken ct)
    {
        try
        {
            if (await appraisals.AppraiseAsync(attestation, hash, ct) is { } again
                && hosts.TryGet(again.Before.Host, out HostRecord? host) && Obstacle(host, again.Function) is null)
            {
                log.Replanned(attestation, again.Function.Host, again.Function.Address);
                await BeginAsync(host, again.Function, again.Plan, Triggers.Replan, again.Before.Author, again.Before.Replans + 1, ct);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The evidence is on disk and its nonces are consumed: the reconciler takes it up again.
            log.AppraisalFailed(attestation, error);
        }
    }

    public static AttestationJob Job(AttestationRow row) => JsonSerializer.Deserialize<AttestationJob>(row.Job, FleetJson.Options)!;

    /// <summary>Why the function cannot be attested now; null where it can.</summary>
    public string? Obstacle(HostRecord host, FunctionId function)
    {
        FunctionFacts? facts = host.Functions.FirstOrDefault(facts => facts.Address == function.Address);
        return facts is null || !FunctionNaming.SpdmMailboxes(facts).Any() ? $"{function.Address} on {host.Name} has no mailbox that is known to speak SPDM (0001:01)."
            : !host.Access.Admitted ? $"{host.Name} is {HostStates.Of(host.Access.State)}; readmit it to attest its functions."
            : !connections.IsConnected(host.Id) ? $"The agent of {host.Name} is not connected."
            : host.Hello?.Protocol < LinkProtocol.AttestationSince ? $"The agent of {host.Name} is too old to attest; upgrade it."
            : null;
    }

    private async Task<AttestationStarted> BeginAsync(
        HostRecord host, FunctionId function, AttestationPlan plan, string trigger, string? author, int replans, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset expires = now + times.Lifetime;
        string id = JobWire.NewId(now);
        AttestationJob job = JobWire.Write(id, function.Address, null, plan, expires, times.Lifetime);
        AttestationRow row = new()
        {
            Id = id,
            Host = function.Host,
            Address = function.Address.ToString(),
            Trigger = trigger,
            Created = now,
            Expires = expires,
            Job = JsonSerializer.Serialize(job, FleetJson.Options),
            Replans = replans,
            Author = author,
            Phase = AttestationPhase.Open,
        };
        AttestationStarted started = new(id, expires);
        await devices.ChangeAsync(
            function,
            async (db, before) =>
            {
                if (replans is 0 && before is { Open: { } open, OpenUntil: { } until } && until > now)
                {
                    started = new AttestationStarted(open, until); // Another server began one a moment ago.
                    return before;
                }

                db.Add(row);
                if (trigger is Triggers.Request)
                {
                    await AuditTrail.AppendAsync(db, author ?? "", "attestation.run", function.ToString(), $"Attestation {id} on {host.Name}.", now, ct);
                }

                DeviceStanding standing = before ?? new DeviceStanding { Function = function, Since = now };
                return standing with { Open = id, OpenUntil = expires, Due = expires + times.Retry };
            },
            ct);
        if (started.Id != id)
        {
            return started;
        }

        feed.Publish(LiveTopics.Attestations);
        try
        {
            await connections.AttestAsync(host.Id, job, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.JobNotSent(host.Id, id, error);
        }

        return started;
    }

    /// <returns>False when these bytes were stored before, or are not stored at all.</returns>
    private async Task<bool> StoreAsync(AttestationRow row, byte[] stored, string hash, CancellationToken ct)
    {
        bool isNew = false;
        DateTimeOffset now = time.GetUtcNow();
        await devices.ChangeAsync(
            new FunctionId(row.Host, Pci.PciAddress.Parse(row.Address)),
            async (db, before) =>
            {
                List<string> known = await db.Set<EvidenceRow>().Where(evidence => evidence.Attestation == row.Id).Select(evidence => evidence.Hash).ToListAsync(ct);
                if (known.Contains(hash))
                {
                    return before;
                }

                if (known.Count >= MostReports)
                {
                    log.TooMuchEvidence(row.Host, row.Id, MostReports);
                    return before;
                }

                // The one place where nonces are consumed: whoever changes the row has them, everybody after has used ones.
                int consumed = await db.Set<AttestationRow>().Where(open => open.Id == row.Id && open.Host == row.Host && open.Consumed == null)
                    .ExecuteUpdateAsync(open => open.SetProperty(o => o.Consumed, now), ct);
                db.Add(new EvidenceRow
                {
                    Attestation = row.Id,
                    Hash = hash,
                    Report = stored,
                    Received = now,
                    Nonces = consumed is 0 ? NonceState.Used : now > row.Expires ? NonceState.Expired : NonceState.Fresh,
                    KeptUntil = now + times.KeepFailures,
                });
                isNew = true;
                return before;
            },
            ct);
        return isNew;
    }
}
