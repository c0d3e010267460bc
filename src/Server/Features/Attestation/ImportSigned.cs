using Fleet.Contracts;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Attestation;

/// <summary>Stores a document that somebody else vouches for: the signature is verified over its bytes, then they are treated as if put.</summary>
internal static class ImportSigned
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/reference-values/{name}:import", HandleAsync)
        .WithName("importSignedReferenceValues")
        .WithSummary("Store a document that an import key has signed, and judge stored evidence again by it")
        .WithDescription("The keys are in import-keys/ of the server's data directory. Headers and dryRun as for putReferenceValues. A document that holds from an earlier time than the newest one imported is refused.")
        .Produces<ReferencePlan>().Produces<ReferencePlan>(StatusCodes.Status201Created).Tagged().Takes(TagUse.NeededOrNew).Refuses(StatusCodes.Status409Conflict);

    private static async Task<IResult> HandleAsync(
        string name, SignedReferences signed, HttpContext http, ReferenceChanges changes, ImportKeys keys, CancellationToken ct, bool dryRun = false) =>
        SignedReader.Read(signed, keys, out ProblemHttpResult? refusal) is { } document
            ? await changes.SaveAsync(http, name, document.Bytes, document.Key, dryRun, ct)
            : refusal!;
}
