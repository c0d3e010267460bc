using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Hosts;

/// <summary>
/// Forgets a host. Its events, evidence and audit entries stay. What would be undone by forgetting, a ban or a quarantine, stands in the way.
/// </summary>
internal static class DeleteHost
{
    public static void Map(RouteGroupBuilder hosts) => hosts.MapDelete("/{id}", HandleAsync)
        .WithName("deleteHost").WithSummary("Forget a host; its events stay, and its machine may join again with a token")
        .WithDescription("Needs If-Match. Answers 409 for a host that is banned or has functions in quarantine. With dryRun=true the answer is a plan and nothing is done.")
        .Takes(TagUse.Needed).Refuses(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, Ok<PlanView<HostView>>, ProblemHttpResult>> HandleAsync(
        string id, HttpContext http, ClaimsPrincipal user, HostDirectory directory, Services services, FleetViews views, CancellationToken ct, bool dryRun = false)
    {
        if (!HostId.TryParse(id, out HostId host) || !directory.TryGet(host, out HostRecord? record))
        {
            return Problems.NotFound($"There is no host {id}.");
        }

        if (EntityTag.Check(http.Request, record.Version, $"host {record.Name}") is { } refusal)
        {
            return refusal;
        }

        if (services.Obstacle(record) is { } obstacle)
        {
            return Problems.Conflict(obstacle);
        }

        if (dryRun)
        {
            return TypedResults.Ok(new PlanView<HostView>("delete", views.Preview(record), null));
        }

        (bool deleted, string? found) = await services.DeleteAsync(record, user.Name(), ct);
        return deleted ? TypedResults.NoContent()
            : found is not null ? Problems.Conflict(found)
            : Problems.Stale($"Host {record.Name} changed since you read it; GET it again and repeat the change.");
    }

    /// <summary>What the handler needs of the server, bound as one parameter.</summary>
    internal sealed class Services(
        DeviceDirectory devices, HostDirectory directory, HostPresence presence, IAgentConnections connections, LiveFeed feed, TimeProvider time)
    {
        public string? Obstacle(HostRecord host)
        {
            if (host.Access.State is AccessState.Banned)
            {
                return $"Host {host.Name} is banned, and the ban would be forgotten with it. Readmit it first, or leave it.";
            }

            return Obstacle(host, devices.Devices.Where(device => device.Function.Host == host.Id));
        }

        private static string? Obstacle(HostRecord host, IEnumerable<DeviceStanding> standings)
        {
            int quarantined = standings.Count(standing => standing.Quarantined is not null);
            return quarantined is 0 ? null : $"Host {host.Name} has {quarantined} function(s) in quarantine, which would be forgotten with it. Release them first.";
        }

        /// <returns>Whether it is deleted; else what stands in the way, or nothing when the host changed meanwhile.</returns>
        public async Task<(bool Deleted, string? Obstacle)> DeleteAsync(HostRecord record, string who, CancellationToken ct)
        {
            string? obstacle = null;
            bool deleted = await devices.ForgetAsync(
                record.Id,
                async (db, standings) =>
                {
                    // What is known in memory may be behind: evidence came in a moment ago, or another server took it in.
                    obstacle = Obstacle(record, standings);
                    if (obstacle is not null || await db.Hosts.Where(row => row.Id == record.Id && row.Version == record.Version).ExecuteDeleteAsync(ct) is 0)
                    {
                        return false;
                    }

                    await AuditTrail.AppendAsync(
                        db, who, "host.delete", record.Id.ToString(), $"{record.Name}, machine id {record.MachineId}, joined {record.Joined:O}", time.GetUtcNow(), ct);
                    return true;
                },
                ct);
            if (deleted)
            {
                directory.Remove(record.Id);
                connections.Cut(record.Id, $"deleted by {who}");
                presence.Forget(record.Id);
                feed.Publish(LiveTopics.Hosts);
                feed.Publish(LiveTopics.Functions);
                feed.Publish(LiveTopics.Attestations);
            }

            return (deleted, obstacle);
        }
    }
}
