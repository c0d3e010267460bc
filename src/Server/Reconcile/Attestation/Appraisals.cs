using System.Collections.Immutable;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Telling;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Reconcile.Attestation;

/// <summary>Appraises evidence that is stored, and stores what it comes to: the detail, the standing, the event.</summary>
internal sealed class Appraisals(
    IDbContextFactory<FleetDb> databases,
    DeviceDirectory devices,
    Verifier verifier,
    ReferenceCatalog references,
    AttestationMetrics metrics,
    Outbox outbox,
    HostDirectory hosts,
    NonceSource nonces,
    AttestationTimes times,
    LiveFeed feed,
    TimeProvider time,
    ILogger<Appraisals> log) : IAppraisals
{
    /// <summary>A plan that fits the device better than the one before.</summary>
    internal sealed record Replan(FunctionId Function, AttestationRow Before, AttestationPlan Plan);

    /// <returns>Another plan, where the one that was sent did not fit the device; else null, and the verdict is stored.</returns>
    public async Task<Replan?> AppraiseAsync(string attestation, string hash, CancellationToken ct)
    {
        Replan? again = null;
        Judgement? judgement = null;
        FunctionId function = await FunctionOfAsync(attestation, ct);
        await devices.ChangeAsync(
            function,
            async (db, standing) =>
            {
                AttestationRow row = await db.Set<AttestationRow>().SingleAsync(found => found.Id == attestation, ct);
                EvidenceRow evidence = await db.Set<EvidenceRow>().SingleAsync(found => found.Attestation == attestation && found.Hash == hash, ct);
                if (evidence.Appraised is not null)
                {
                    return standing;
                }

                DeviceStanding before = standing ?? new DeviceStanding { Function = function, Since = evidence.Received };
                evidence.Appraised = time.GetUtcNow();
                Verification verification = await verifier.RunAsync(db, row, evidence, before, references.All, ct);
                again = Again(row, evidence, verification);
                row.Phase = again is not null ? AttestationPhase.Replanned : evidence.Nonces is NonceState.Expired ? AttestationPhase.Late : AttestationPhase.Appraised;
                row.Detail = JsonSerializer.Serialize(verification.Detail(row, evidence, evidence.Appraised.Value), FleetJson.Options);
                if (again is not null)
                {
                    return before;
                }

                judgement = verification.Judgement;
                evidence.KeptUntil = evidence.Received + (judgement.Result.Verdict is AppraisalVerdict.Failed ? times.KeepFailures : times.KeepEvidence);
                DeviceStanding after = Reschedule(Standings.Judge(before, judgement), attestation, judgement.Values);
                Tell(db, before, after, judgement);
                return after;
            },
            ct);
        if (judgement is not null)
        {
            metrics.Appraised(judgement.Result);
            outbox.Ring();
        }

        feed.Publish(LiveTopics.Attestations);
        return again;
    }

    public Task<(int Appraised, IReadOnlyList<VerdictChange> Changes)> PreviewAsync(ImmutableArray<ReferenceValues> values, CancellationToken ct) =>
        AllAsync(values, apply: false, ct);

    public Task<(int Appraised, IReadOnlyList<VerdictChange> Changes)> CatchUpAsync(CancellationToken ct) => AllAsync(references.All, apply: true, ct);

    public async Task AgainAsync(FunctionId function, CancellationToken ct)
    {
        if (devices.TryGet(function, out DeviceStanding? standing))
        {
            await OneAsync(standing, references.All, apply: true, ct);
        }
    }

    private async Task<(int Appraised, IReadOnlyList<VerdictChange> Changes)> AllAsync(ImmutableArray<ReferenceValues> values, bool apply, CancellationToken ct)
    {
        int appraised = 0;
        List<VerdictChange> changes = [];
        foreach (DeviceStanding standing in devices.Devices.Where(device => device.Attestation is not null))
        {
            ReferenceValues? applicable = verifier.ValuesFor(standing.Function, values);
            if ((applicable?.Name, applicable?.Revision) == (standing.Profile, standing.ProfileRevision))
            {
                continue;
            }

            appraised++;
            if (await OneAsync(standing, values, apply, ct) is { } change)
            {
                changes.Add(change);
            }
        }

        return (appraised, [.. changes.OrderBy(change => change.After is not AttestationState.Failed).ThenBy(change => change.HostName, StringComparer.Ordinal).ThenBy(change => change.Address)]);
    }

    private async Task<VerdictChange?> OneAsync(DeviceStanding seen, ImmutableArray<ReferenceValues> values, bool apply, CancellationToken ct)
    {
        Judgement? judgement = null;
        DeviceStanding before = seen;
        await devices.ChangeAsync(
            seen.Function,
            async (db, standing) =>
            {
                before = standing!;
                AttestationRow? row = await db.Set<AttestationRow>().FirstOrDefaultAsync(found => found.Id == before.Attestation, ct);
                EvidenceRow? evidence = await db.Set<EvidenceRow>().Where(found => found.Attestation == before.Attestation && found.Nonces != NonceState.Used)
                    .OrderBy(found => found.Received).FirstOrDefaultAsync(ct);
                if (row is null || evidence is null)
                {
                    return before;
                }

                Verification verification = await verifier.RunAsync(db, row, evidence, before, values, ct);
                judgement = verification.Judgement;
                if (!apply)
                {
                    return before;
                }

                row.Detail = JsonSerializer.Serialize(verification.Detail(row, evidence, time.GetUtcNow()), FleetJson.Options);
                DeviceStanding after = Standings.Judge(before, judgement, again: true);
                Tell(db, before, after, judgement);
                return after;
            },
            ct);
        if (judgement is null)
        {
            return null;
        }

        if (apply)
        {
            outbox.Ring();
            feed.Publish(LiveTopics.Attestations);
        }

        AttestationState verdict = ConversationText.Of(judgement.Result.Verdict);
        return verdict == before.Verdict
            ? null
            : new VerdictChange(before.Function, HostName(before.Function.Host), before.Function.Address, before.Verdict, verdict, ConversationText.Decisive(judgement.Result)?.Seen ?? "Every check that applies holds.");
    }

    private Replan? Again(AttestationRow row, EvidenceRow evidence, Verification verification)
    {
        AttestationPlan? plan = evidence.Nonces is NonceState.Fresh && row.Replans < times.Replans && verification.Judgement.Result.Verdict is AppraisalVerdict.Unknown
            ? PlanMaker.Again(verification.Plan, verification.Messages, nonces)
            : null;
        return plan is null ? null : new Replan(verification.Function, row, plan);
    }

    private DeviceStanding Reschedule(DeviceStanding standing, string attestation, ReferenceValues? values)
    {
        if (standing.Open is not null && standing.Open != attestation)
        {
            return standing; // Another one is under way; what comes next depends on that one.
        }

        double random = System.Security.Cryptography.RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
        return standing with
        {
            Open = null,
            OpenUntil = null,
            Trigger = Triggers.Schedule,
            Due = times.Next(time.GetUtcNow(), times.EveryOf(values), standing.Failures, random),
        };
    }

    private void Tell(FleetDb db, DeviceStanding before, DeviceStanding after, Judgement judgement)
    {
        bool failed = judgement.Result.Verdict is AppraisalVerdict.Failed;
        bool first = before.EvidenceAt is null && after.EvidenceAt is not null;
        if (!failed && !first && before.Verdict == after.Verdict && before.Outdated == after.Outdated)
        {
            return;
        }

        log.VerdictGiven(after.Function.Host, after.Function.Address, after.Verdict, after.Reason);
        string host = HostName(after.Function.Host);
        Outbox.Add(db, new FleetEvent
        {
            Host = after.Function.Host,
            HostName = host,
            Time = time.GetUtcNow(),
            Kind = failed ? EventKinds.AttestationFailed : EventKinds.AttestationVerdict,
            Function = after.Function.Address,
            Detail = $"{after.Function.Address} on {host} is {WireNames.Of(after.Verdict)}"
                + $"{(after.Check is { } check ? $" by check '{check}'" : "")}: {after.Reason} Attestation {judgement.Attestation}.",
        });
    }

    private string HostName(HostId id) => hosts.TryGet(id, out HostRecord? host) ? host.Name : id.ToString();

    private async Task<FunctionId> FunctionOfAsync(string attestation, CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        var found = await db.Set<AttestationRow>().Where(row => row.Id == attestation).Select(row => new { row.Host, row.Address }).SingleAsync(ct);
        return new FunctionId(found.Host, PciAddress.Parse(found.Address));
    }
}
