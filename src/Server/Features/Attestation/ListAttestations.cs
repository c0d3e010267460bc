using Fleet.Contracts;
using Fleet.Server.Http;
using Fleet.Server.Live.Attestation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Attestation;

internal static class ListAttestations
{
    private static readonly SortColumns<AttestationView> Columns = new SortColumns<AttestationView>()
        .Text("host", view => view.HostName)
        .Number("address", view => SortKeys.Number(view.Address))
        .Text("device", view => view.DeviceName)
        .Number("state", view => Rank(view.State))
        .Text("check", view => view.Check)
        .Text("profile", view => view.Profile)
        .Time("since", view => view.Since)
        .Number("age", view => -view.EvidenceAt?.UtcTicks);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/attestations", List).WithName("listAttestations").WithSummary("Where every function stands that can be attested, failed ones first unless sorted otherwise").WithDescription(Columns.Sentence);
        api.MapGet("/functions/{id}/attestation", OfFunction).WithName("getStanding").WithSummary("Where a function stands");
    }

    private static Results<Ok<Page<AttestationView>>, ProblemHttpResult> List([AsParameters] SortedRequest request, AttestationViews views) => Lists.Answer(
        request,
        AttestationSelectable.Fields,
        views.All(),
        view => new AttestationSelectable(view),
        view => $"{Rank(view.State)}{SortKeys.Of(view.HostName, view.Host, view.Address)}",
        Columns);

    // What is wrong comes first, then what is not known.
    private static int Rank(AttestationState state) => state switch
    {
        AttestationState.Failed => 0,
        AttestationState.Stale => 1,
        AttestationState.Trusted => 3,
        _ => 2,
    };

    private static Results<Ok<AttestationView>, ProblemHttpResult> OfFunction(string id, AttestationViews views) =>
        FunctionId.TryParse(id, out FunctionId function) && views.Of(function) is { } view
            ? TypedResults.Ok(view)
            : Problems.NotFound($"There is no function {id} with an SPDM mailbox.");
}
