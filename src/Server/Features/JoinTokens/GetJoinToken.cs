using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.JoinTokens;

/// <summary>From a token to who made it and to every host it admitted; a revoked one still answers.</summary>
internal static class GetJoinToken
{
    private const int MostHosts = 500;

    public static void Map(RouteGroupBuilder tokens) =>
        tokens.MapGet("/{id}", HandleAsync).WithName("getJoinToken").WithSummary("A join token with the hosts it admitted; never its secret");

    private static async Task<Results<Ok<JoinTokenDetail>, ProblemHttpResult>> HandleAsync(
        string id, FleetDb db, HostDirectory directory, HostPresence presence, TimeProvider time, CancellationToken ct)
    {
        if (await db.JoinTokens.AsNoTracking().FirstOrDefaultAsync(token => token.Id == id, ct) is not { } row)
        {
            return Problems.NotFound($"There is no join token {id}.");
        }

        List<HostRecord> hosts = [.. directory.Hosts.Where(host => host.JoinToken == row.Id)];
        return TypedResults.Ok(new JoinTokenDetail(
            JoinTokenViews.Of(row, time.GetUtcNow()),
            [
                .. hosts.OrderByDescending(host => host.Joined).ThenBy(host => host.Id.Value).Take(MostHosts)
                    .Select(host => new AdmittedHost(host.Id, host.Name, presence.State(host), host.Joined)),
            ],
            hosts.Count));
    }
}
