using System.Collections.Immutable;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Fleet.Spdm.Appraisal;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Attestation;

internal static class GetBaselines
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/baselines", ListAsync).WithName("listBaselines").WithSummary("What functions measured once, pinned or only recorded");
        api.MapGet("/baselines/{function}", ItemAsync).WithName("getBaseline").WithSummary("A function's baseline beside its latest measurements, with the ETag that a change needs").Tagged();
    }

    /// <summary>A baseline beside the latest measurements of its function.</summary>
    public static async Task<BaselineView> ViewAsync(FleetDb db, BaselineRow row, HostDirectory hosts, DeviceDirectory devices, CancellationToken ct)
    {
        FunctionId function = new(row.Host, PciAddress.Parse(row.Address));
        ImmutableArray<ReferenceRule> rules = ReferenceReader.ReadRules(row.Rules);
        string? latest = devices.TryGet(function, out DeviceStanding? standing) ? standing.Attestation : null;
        string? json = await db.Set<AttestationRow>().AsNoTracking().Where(attestation => attestation.Id == latest).Select(attestation => attestation.Detail).FirstOrDefaultAsync(ct);
        IReadOnlyList<MeasurementView> measured = json is null ? [] : JsonSerializer.Deserialize<AttestationDetail>(json, FleetJson.Options)!.Measurements;
        return new BaselineView
        {
            Function = function,
            HostName = hosts.TryGet(row.Host, out HostRecord? host) ? host.Name : row.Host.ToString(),
            Attestation = row.Attestation,
            Recorded = row.Recorded,
            RecordedBy = row.RecordedBy,
            Pinned = row.Pinned,
            PinnedBy = row.PinnedBy,
            Identity = row.Identity,
            Measurements = [.. rules.Select(rule => Beside(rule, measured.FirstOrDefault(measurement => measurement.Index == rule.Index)))],
        };
    }

    private static MeasurementView Beside(ReferenceRule rule, MeasurementView? measured)
    {
        string expected = ConversationText.Expected(rule);
        return measured is null
            ? new MeasurementView(rule.Index, "", rule.Kind is not ReferenceKind.AnyOf, "", expected, false)
            : measured with { Expected = expected, Holds = Same(rule, measured) };
    }

    private static bool Same(ReferenceRule rule, MeasurementView measured) => rule.Kind is ReferenceKind.SvnMin
        ? measured.Value.Length is 16 && System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(Convert.FromHexString(measured.Value)) >= rule.Minimum
        : rule.Values.Any(value => Convert.ToHexStringLower(value.Span) == measured.Value);

    private static async Task<Results<Ok<Page<BaselineView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] ListRequest request, FleetDb db, HostDirectory hosts, DeviceDirectory devices, CancellationToken ct)
    {
        List<BaselineView> views = [];
        foreach (BaselineRow row in await db.Set<BaselineRow>().AsNoTracking().ToListAsync(ct))
        {
            views.Add(await ViewAsync(db, row, hosts, devices, ct));
        }

        return Lists.Answer(request, Selectable.Fields, views, view => new Selectable(view), view => SortKeys.Of(view.HostName, view.Function.Host, view.Function.Address));
    }

    private static async Task<Results<Ok<BaselineView>, ProblemHttpResult>> ItemAsync(
        string function, FleetDb db, HostDirectory hosts, DeviceDirectory devices, HttpResponse response, CancellationToken ct)
    {
        if (!FunctionId.TryParse(function, out FunctionId id) || await db.Set<BaselineRow>().FindAsync([id.Host, id.Address.ToString()], ct) is not { } row)
        {
            return Problems.NotFound($"There is no baseline of {function}.");
        }

        EntityTag.Write(response, row.Version);
        return TypedResults.Ok(await ViewAsync(db, row, hosts, devices, ct));
    }

    private sealed class Selectable(BaselineView view) : ISelectable
    {
        public static readonly FilterFields Fields = new FilterFields(["host", "function", "address", "pinned", "drift"])
            .Flags("pinned", "drift");

        public bool Knows(string field) => Fields.Names.Contains(field) || field is "any";

        public IEnumerable<string> Values(string field) => field switch
        {
            "host" => [view.HostName, view.Function.Host.ToString()],
            "function" or "address" => [view.Function.Address.ToString(), view.Function.ToString()],
            "pinned" => [view.Pinned is null ? "false" : "true"],
            "drift" => [view.Measurements.Any(measurement => measurement.Holds is false) ? "true" : "false"],
            "any" => [view.HostName, view.Function.Address.ToString()],
            _ => [],
        };
    }
}
