using System.Text;
using System.Text.Json.Nodes;
using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Http;
using Fleet.Spdm.Appraisal;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Attestation;

/// <summary>Makes a document of a Redfish snapshot, to be looked at, completed and put; nothing is stored.</summary>
internal static class ImportReferences
{
    private const byte DeviceMode = 5;

    public static void Map(RouteGroupBuilder api) => api.MapPost("/reference-values:import", Handle)
        .WithName("importReferenceValues").WithSummary("A document made of a Redfish SignedMeasurements snapshot (JSON body); nothing is stored")
        .WithDescription("The snapshot's signature is not verified: whoever puts the document vouches for its values. The anchors of the answer are the snapshot's root certificate, if it has one.").Produces<JsonObject>();

    private static Results<ContentHttpResult, ProblemHttpResult> Handle(RedfishMeasurements snapshot, string? selector = null)
    {
        if (RedfishText.Read(snapshot, out string problem) is not { } blocks)
        {
            return Problems.Invalid(problem);
        }

        // A device's mode is judged by its own rule, and what it can do besides changes with its firmware.
        IEnumerable<ReferenceRule> rules = Baseline.Of(blocks).Select(rule => rule.Type is DeviceMode ? new ReferenceRule(rule.Index, ReferenceKind.Ignore) { Type = DeviceMode } : rule);
        string document = ReferenceReader.Draft(
            selector ?? "vendor:ffff", "Imported from a Redfish snapshot; set the selector before it is put.", snapshot.CertificateString, [.. rules]);
        return TypedResults.Text(document, "application/json", Encoding.UTF8);
    }
}
