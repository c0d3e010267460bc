using System.Security.Claims;
using Fleet.Server.Data;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Hosting;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Contract = Fleet.Contracts.CreateJoinToken;
using JoinTokenCreated = Fleet.Contracts.JoinTokenCreated;

namespace Fleet.Server.Features.JoinTokens;

internal static class CreateJoinToken
{
    private const int MostUses = 10_000;
    private const int LongestNote = 256;
    private const int LeastSeconds = 60;
    private const int MostSeconds = 30 * 24 * 3600;

    public static void Map(RouteGroupBuilder tokens) =>
        tokens.MapPost("/", HandleAsync).WithName("createJoinToken").WithSummary("A new join token; the answer alone carries it");

    private static async Task<Results<Created<JoinTokenCreated>, ProblemHttpResult>> HandleAsync(
        Contract request,
        ClaimsPrincipal user,
        FleetDb db,
        JoinTokenIssuer tokens,
        BoundAddresses addresses,
        LiveFeed feed,
        ILogger<FleetDb> log,
        CancellationToken ct)
    {
        if (request.Uses is < 1 or > MostUses || request.TtlSeconds is < LeastSeconds or > MostSeconds)
        {
            return Problems.Invalid($"uses must be 1 to {MostUses} and ttlSeconds {LeastSeconds} to {MostSeconds}; they are {request.Uses} and {request.TtlSeconds}.");
        }

        if (request.Note?.Length > LongestNote || request.Note?.Any(char.IsControl) is true)
        {
            return Problems.Invalid($"note must have at most {LongestNote} characters, none of them a control character.");
        }

        if (request.Labels is { } labels
            && (labels.Count > LabelRules.Most ? $"labels are at most {LabelRules.Most}; there are {labels.Count}." : CheckLabels(labels)) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        (string token, JoinToken row) = await tokens.CreateAsync(db, request, user.Name(), ct);
        feed.Publish(LiveTopics.Hosts);
        log.JoinTokenCreated(row.Id, row.Uses, row.Creator);
        return TypedResults.Created(
            $"/api/v1/join-tokens/{row.Id}",
            new JoinTokenCreated(token, addresses.Agents.GetLeftPart(UriPartial.Authority), JoinTokenViews.Of(row, row.Created), TokenWarnings.Of(row.Uses, row.Expires - row.Created)));
    }

    // A null is what JSON can put into a dictionary of texts.
    private static string? CheckLabels(IReadOnlyDictionary<string, string> labels) => labels.FirstOrDefault(label => label.Value is null) is { Key: { } key }
        ? $"The label '{key}' has no value."
        : LabelRules.Check(labels.Select(label => KeyValuePair.Create<string, string?>(label.Key, label.Value)));
}
