using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;

namespace Fleet.Server.Features.Attestation;

/// <summary>Stores reference values and judges stored evidence again by them. Before that, dryRun tells whose verdict would change.</summary>
internal static class PutReferences
{
    public static void Map(RouteGroupBuilder api) => api.MapPut("/reference-values/{name}", HandleAsync)
        .WithName("putReferenceValues")
        .WithSummary("Store a document (JSON body) and judge stored evidence again by it")
        .WithDescription("Values that exist need If-Match; new ones none, or If-None-Match: *. With dryRun=true nothing is stored, and the answer lists every function whose verdict would change.")
        .TakesDocument("application/json").Produces<ReferencePlan>().Produces<ReferencePlan>(StatusCodes.Status201Created).Tagged().Takes(TagUse.NeededOrNew);

    private static async Task<IResult> HandleAsync(string name, HttpContext http, ReferenceChanges changes, CancellationToken ct, bool dryRun = false) =>
        await BoundedBody.ReadAsync(http.Request, ReferenceReader.MaxBytes, ct) is { } bytes
            ? await changes.SaveAsync(http, name, bytes, signer: null, dryRun, ct)
            : Problems.Of(StatusCodes.Status413PayloadTooLarge, ErrorCodes.Invalid, $"The document is larger than {ReferenceReader.MaxBytes} bytes; reference values need less.");
}
