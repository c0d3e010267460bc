// Claims in force, as agents report them.
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Claims;

internal static class ClaimsFeature
{
    private static readonly FleetList<Entry, ClaimView> List = new()
    {
        Fields = FleetFields.Claims,
        Count = host => host.Claims.Count,
        Entries = (_, host) => host.Claims.Select(claim => new Entry(host, claim)),
        View = entry => FleetViews.Of(entry.Host, entry.Claim),
        Selectable = Selectables.Of,
        Key = entry => SortKeys.Of(entry.Host.Name, entry.Host.Id, entry.Claim.Function, entry.Claim.Offset, entry.Claim.Id),
        Columns = new SortColumns<Entry>()
            .Text("host", entry => entry.Host.Name)
            .Number("function", entry => SortKeys.Number(entry.Claim.Function))
            .Text("holder", entry => entry.Claim.Holder)
            .Number("source", entry => (long)entry.Claim.Source)
            .Number("mode", entry => (long)entry.Claim.Mode)
            .Time("since", entry => entry.Claim.Since),
    };

    public static void MapClaims(this RouteGroupBuilder api) => api.MapGet("/claims", Handle).WithTags("Claims").WithName("listClaims")
        .WithSummary("Claims in force on all hosts, by host and region unless sorted otherwise").WithDescription(List.Columns.Sentence).Needs(Scopes.HostsRead);

    private static Results<Ok<Page<ClaimView>>, ProblemHttpResult> Handle([AsParameters] SortedRequest request, FleetViews views) => FleetLists.Answer(request, views, List);

    private readonly record struct Entry(HostRecord Host, ClaimFacts Claim);
}
