using Fleet.Contracts;
using Fleet.Server.Domain.Policies;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Policies;

internal static class ValidatePolicy
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/policies:validate", HandleAsync)
        .WithName("validatePolicy").WithSummary("Check a document (YAML body) and store nothing: every error with its place").TakesDocument("application/yaml");

    private static async Task<Results<Ok<ValidationView>, ProblemHttpResult>> HandleAsync(
        HttpRequest request, HostSelection selection, CancellationToken ct)
    {
        if (await BoundedBody.ReadAsync(request, DocumentText.MaxBytes, ct) is not { } bytes)
        {
            return PutPolicy.TooLarge();
        }

        PolicyReading reading = PolicyReader.Read(bytes);
        return TypedResults.Ok(new ValidationView(
            reading.Document is not null, reading.Errors, reading.Document is { } document ? selection.Count(document.Hosts) : null));
    }
}
