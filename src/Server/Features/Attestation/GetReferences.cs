using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Live.Attestation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Attestation;

internal static class GetReferences
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/reference-values", ListAsync).WithName("listReferenceValues").WithSummary("Reference values with their anchors and floors, by name");
        api.MapGet("/reference-values/{name}", ItemAsync).WithName("getReferenceValues").WithSummary("Reference values with their document and the ETag that a change needs").Tagged();
    }

    /// <summary>The latest revision of a name that is not deleted; null where there is none.</summary>
    public static async Task<ReferenceRow?> LatestAsync(FleetDb db, string name, CancellationToken ct) =>
        (await ReferenceCatalog.LatestAsync(db, ct)).FirstOrDefault(row => row.Name == name && row.Document is not null);

    private static async Task<Results<Ok<Page<ReferenceView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] ListRequest request, FleetDb db, ReferenceCatalog catalog, ReferenceViews views, CancellationToken ct)
    {
        List<ReferenceRow> rows = await ReferenceCatalog.LatestAsync(db, ct);
        return Lists.Answer(
            request,
            Selectable.Fields,
            rows.Where(row => row.Document is not null).Select(row => views.Of(row, catalog.ByName(row.Name), document: false)),
            view => new Selectable(view),
            view => view.Name);
    }

    private static async Task<Results<Ok<ReferenceView>, ProblemHttpResult>> ItemAsync(
        string name, FleetDb db, ReferenceCatalog catalog, ReferenceViews views, HttpResponse response, CancellationToken ct)
    {
        if (await LatestAsync(db, name, ct) is not { } row)
        {
            return Problems.NotFound($"There are no reference values '{name}'.");
        }

        EntityTag.Write(response, row.Number);
        return TypedResults.Ok(views.Of(row, catalog.ByName(name), document: true));
    }

    private sealed class Selectable(ReferenceView view) : ISelectable
    {
        public static readonly FilterFields Fields = new FilterFields(["name", "author", "selector", "summary"]);

        public bool Knows(string field) => Fields.Names.Contains(field) || field is "any";

        public IEnumerable<string> Values(string field) => field switch
        {
            "name" => [view.Name],
            "author" => [view.Author],
            "selector" => [view.Selector],
            "summary" => [view.Summary ?? ""],
            "any" => [view.Name, view.Author, view.Selector, view.Summary ?? ""],
            _ => [],
        };
    }
}
