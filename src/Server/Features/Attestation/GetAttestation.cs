using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Live;
using Fleet.Spdm.Evidence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Attestation;

/// <summary>One attestation with its checks, its evidence as it came, and a function's history.</summary>
internal static class GetAttestation
{
    private const int MostHistory = 200;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/attestations/{id}", ItemAsync).WithName("getAttestation").WithSummary("An attestation: its checks with what was seen, its measurements, its verdict");
        api.MapGet("/attestations/{id}/evidence", EvidenceAsync).WithName("getEvidence").WithSummary("The evidence as it came, byte for byte")
            .WithDescription("The answer's bytes have the SHA-256 that the attestation states. With hash, another report that came for the same attestation; "
                + "with format=redfish the signed measurements alone, in the shape of Redfish's SPDMGetSignedMeasurements.").Refuses(StatusCodes.Status409Conflict);
        api.MapGet("/functions/{id}/attestations", HistoryAsync).WithName("listAttestationsOfFunction").WithSummary("A function's attestations, the newest first");
    }

    private static async Task<Results<Ok<AttestationDetail>, ProblemHttpResult>> ItemAsync(string id, FleetDb db, HostDirectory hosts, CancellationToken ct) =>
        await db.Set<AttestationRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, ct) is { } row
            ? TypedResults.Ok(Detail(row, hosts))
            : Problems.NotFound($"There is no attestation '{id}'.");

    private static async Task<Results<FileContentHttpResult, Ok<RedfishMeasurements>, ProblemHttpResult>> EvidenceAsync(
        string id, FleetDb db, CancellationToken ct, string? hash = null, string? format = null)
    {
        EvidenceRow? evidence = await db.Set<EvidenceRow>().AsNoTracking()
            .Where(found => found.Attestation == id && (hash == null || found.Hash == hash)).OrderBy(found => found.Received).FirstOrDefaultAsync(ct);
        if (evidence is null)
        {
            return Problems.NotFound($"There is no evidence of an attestation '{id}'{(hash is null ? "" : $" with hash {hash}")}: none came, or it was kept as long as was promised.");
        }

        if (format is null)
        {
            return TypedResults.File(evidence.Report, "application/json", $"evidence-{id}.json");
        }

        IReadOnlyList<RawMessage> messages = EvidenceWire.Read(JsonSerializer.Deserialize<EvidenceReport>(evidence.Report, FleetJson.Options)!, out _);
        return format is not "redfish" ? Problems.Invalid($"format is '{format}'; leave it out for the evidence as it came, or ask for redfish.")
            : RedfishText.Write(messages) is { } measurements ? TypedResults.Ok(measurements)
            : Problems.Conflict($"The evidence of attestation '{id}' holds no signed measurements.");
    }

    private static async Task<Results<Ok<Page<AttestationDetail>>, ProblemHttpResult>> HistoryAsync(
        string id, int? limit, string? cursor, FleetDb db, HostDirectory hosts, CancellationToken ct)
    {
        if (!FunctionId.TryParse(id, out FunctionId function))
        {
            return Problems.NotFound($"There is no function {id}.");
        }

        int size = limit ?? 50;
        if (size is < 1 or > MostHistory || !Lists.TryDecode(cursor, out string? before))
        {
            return Problems.Invalid($"limit must be 1 to {MostHistory}, and cursor one that this server gave out.");
        }

        string address = function.Address.ToString();
        List<AttestationRow> rows = await db.Set<AttestationRow>().AsNoTracking()
            .Where(row => row.Host == function.Host && row.Address == address && (before == null || string.Compare(row.Id, before) < 0))
            .OrderByDescending(row => row.Id).Take(size + 1).ToListAsync(ct);
        string? next = rows.Count > size ? Lists.Encode(rows[size - 1].Id) : null;
        return TypedResults.Ok(new Page<AttestationDetail>([.. rows.Take(size).Select(row => Detail(row, hosts))], next));
    }

    private static AttestationDetail Detail(AttestationRow row, HostDirectory hosts)
    {
        if (row.Detail is { } detail)
        {
            return JsonSerializer.Deserialize<AttestationDetail>(detail, FleetJson.Options)! with { Phase = row.Phase };
        }

        return new AttestationDetail
        {
            Id = row.Id,
            Function = new FunctionId(row.Host, PciAddress.Parse(row.Address)),
            HostName = hosts.TryGet(row.Host, out HostRecord? host) ? host.Name : row.Host.ToString(),
            Phase = row.Phase,
            Verdict = AttestationState.Unknown,
            Reason = row.Phase is AttestationPhase.Open ? "Its evidence is awaited." : "No evidence came in time.",
            Trigger = row.Trigger,
            Created = row.Created,
            Expires = row.Expires,
        };
    }
}
