using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Attestation;

/// <summary>Record, then pin: what a function measured becomes its rules, first to show drift, then in force.</summary>
internal static class ChangeBaseline
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/baselines/{function}:record", RecordAsync).WithName("recordBaseline").WithSummary("Record what a function measured last; a pinned baseline needs If-Match")
            .Tagged().Takes(TagUse.NeededWhenThere).Refuses(StatusCodes.Status409Conflict);
        api.MapPost("/baselines/{function}:pin", PinAsync).WithName("pinBaseline").WithSummary("Put a recorded baseline in force, where reference values leave measurements open")
            .Tagged().Takes(TagUse.Honoured);
        api.MapDelete("/baselines/{function}", DeleteAsync).WithName("deleteBaseline").WithSummary("Delete a baseline; needs If-Match").Takes(TagUse.Needed);
    }

    private static async Task<Results<Ok<BaselineView>, ProblemHttpResult>> RecordAsync(
        string function, HttpContext http, ClaimsPrincipal user, FleetDb db, HostDirectory hosts, DeviceDirectory devices, LiveFeed feed, TimeProvider time, CancellationToken ct)
    {
        if (!FunctionId.TryParse(function, out FunctionId id) || !devices.TryGet(id, out DeviceStanding? standing))
        {
            return Problems.NotFound($"{function} has not been attested.");
        }

        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        string? json = await db.Set<AttestationRow>().Where(row => row.Id == standing.Attestation).Select(row => row.Detail).FirstOrDefaultAsync(ct);
        AttestationDetail? detail = json is null ? null : JsonSerializer.Deserialize<AttestationDetail>(json, FleetJson.Options);
        if (detail is not { Identity: { } identity, Measurements.Count: > 0 } || detail.Verdict is AttestationState.Failed || standing.Quarantined is not null)
        {
            return Problems.Conflict($"{id.Address} has no verified measurements to record: its last attestation must have a verified identity and must not have failed.");
        }

        BaselineRow? row = await db.Set<BaselineRow>().FindAsync([id.Host, id.Address.ToString()], ct);
        if (row?.Pinned is not null && EntityTag.Check(http.Request, row.Version, $"the pinned baseline of {id.Address}") is { } refusal)
        {
            return refusal;
        }

        string rules = ReferenceReader.WriteRules(Baseline.Of(Blocks(detail.Measurements)));
        DateTimeOffset now = time.GetUtcNow();
        if (row is null)
        {
            row = new BaselineRow { Host = id.Host, Address = id.Address.ToString(), Attestation = detail.Id, Identity = identity, Rules = rules, Recorded = now, RecordedBy = user.Name() };
            db.Add(row);
        }
        else
        {
            (row.Attestation, row.Identity, row.Rules, row.Recorded, row.RecordedBy, row.Pinned, row.PinnedBy) = (detail.Id, identity, rules, now, user.Name(), null, null);
            row.Version++;
        }

        await AuditTrail.AppendAsync(db, user.Name(), "baseline.record", id.ToString(), $"From attestation {detail.Id}.", now, ct);
        return await AnswerAsync(db, transaction, row, http, hosts, devices, feed, ct);
    }

    private static async Task<Results<Ok<BaselineView>, ProblemHttpResult>> PinAsync(
        string function, HttpContext http, ClaimsPrincipal user, FleetDb db, HostDirectory hosts, DeviceDirectory devices, IAppraisals appraisals, LiveFeed feed, TimeProvider time, CancellationToken ct)
    {
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        if (!FunctionId.TryParse(function, out FunctionId id) || await db.Set<BaselineRow>().FindAsync([id.Host, id.Address.ToString()], ct) is not { } row)
        {
            return Problems.NotFound($"There is no baseline of {function}; record one first.");
        }

        if (http.Request.Headers.IfMatch.Count > 0 && EntityTag.Check(http.Request, row.Version, $"the baseline of {id.Address}") is { } refusal)
        {
            return refusal;
        }

        if (row.Pinned is null)
        {
            (row.Pinned, row.PinnedBy) = (time.GetUtcNow(), user.Name());
            row.Version++;
            await AuditTrail.AppendAsync(db, user.Name(), "baseline.pin", id.ToString(), $"Recorded from attestation {row.Attestation} by {row.RecordedBy}.", row.Pinned.Value, ct);
        }

        Results<Ok<BaselineView>, ProblemHttpResult> answer = await AnswerAsync(db, transaction, row, http, hosts, devices, feed, ct);
        await appraisals.AgainAsync(id, CancellationToken.None);
        return answer;
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string function, HttpContext http, ClaimsPrincipal user, FleetDb db, IAppraisals appraisals, LiveFeed feed, TimeProvider time, CancellationToken ct)
    {
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        if (!FunctionId.TryParse(function, out FunctionId id) || await db.Set<BaselineRow>().FindAsync([id.Host, id.Address.ToString()], ct) is not { } row)
        {
            return Problems.NotFound($"There is no baseline of {function}.");
        }

        if (EntityTag.Check(http.Request, row.Version, $"the baseline of {id.Address}") is { } refusal)
        {
            return refusal;
        }

        db.Remove(row);
        await AuditTrail.AppendAsync(db, user.Name(), "baseline.delete", id.ToString(), row.Rules, time.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        await appraisals.AgainAsync(id, CancellationToken.None);
        feed.Publish(LiveTopics.Attestations);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<BaselineView>, ProblemHttpResult>> AnswerAsync(
        FleetDb db, IDbContextTransaction transaction, BaselineRow row, HttpContext http, HostDirectory hosts, DeviceDirectory devices, LiveFeed feed, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        feed.Publish(LiveTopics.Attestations);
        EntityTag.Write(http.Response, row.Version);
        return TypedResults.Ok(await GetBaselines.ViewAsync(db, row, hosts, devices, ct));
    }

    // What was verified is in the detail; a block's raw form is not needed for a rule.
    private static ImmutableArray<MeasurementBlock> Blocks(IReadOnlyList<MeasurementView> measurements) =>
        [.. measurements.Select(measurement => new MeasurementBlock(default, (byte)measurement.Index, ConversationText.TypeCode(measurement), Convert.FromHexString(measurement.Value)))];
}
