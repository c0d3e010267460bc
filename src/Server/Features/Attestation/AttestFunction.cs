using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live.Attestation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Attestation;

internal static class AttestFunction
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/functions/{id}:attest", HandleAsync)
        .WithName("attestFunction").WithSummary("Attest a function now")
        .WithDescription("202 with where its outcome will be. One that is under way already is answered instead of a second one.").Refuses(StatusCodes.Status409Conflict);

    private static async Task<Results<Accepted<AttestationStarted>, ProblemHttpResult>> HandleAsync(
        string id, ClaimsPrincipal user, AttestationViews views, IAttestations attestations, CancellationToken ct)
    {
        if (!FunctionId.TryParse(id, out FunctionId function) || views.Of(function) is null)
        {
            return Problems.NotFound($"There is no function {id} with an SPDM mailbox.");
        }

        (AttestationStarted? started, string? refusal) = await attestations.StartAsync(function, Triggers.Request, user.Name(), ct);
        return started is null ? Problems.Conflict(refusal!) : TypedResults.Accepted($"/api/v1/attestations/{started.Id}", started);
    }
}
