using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Telling;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Hosts;

/// <summary>Evict, ban, readmit: decided in the database, known in memory, and only then the connection is ended, so that nobody slips in between.</summary>
internal static class ChangeHostAccess
{
    private const int LongestReason = 1024;

    public static void Map(RouteGroupBuilder hosts)
    {
        Map(hosts, AccessVerbs.Evict, "End a host's connection and its certificate; it may join again with a token");
        Map(hosts, AccessVerbs.Ban, "End a host's connection and keep its machine out, with a token too, until it is readmitted");
        Map(hosts, AccessVerbs.Readmit, "Let an evicted or banned host in again");
    }

    private static void Map(RouteGroupBuilder hosts, string verb, string summary) => hosts
        .MapPost($"/{{id}}:{verb}", (string id, ChangeAccess change, HttpContext http, ClaimsPrincipal user, Services services, CancellationToken ct, bool dryRun = false) =>
            HandleAsync(verb, id, change, http, user.Name(), dryRun, services, ct))
        .WithName($"{verb}Host").WithSummary(summary)
        .WithDescription("Needs If-Match and a reason. Again for a host that is so already changes nothing. With dryRun=true the answer is a plan and nothing is done.")
        .Produces<HostView>().Tagged().Takes(TagUse.Needed).Plans<HostView>().Refuses(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<HostView>, Ok<PlanView<HostView>>, ProblemHttpResult>> HandleAsync(
        string verb, string id, ChangeAccess change, HttpContext http, string who, bool dryRun, Services services, CancellationToken ct)
    {
        if (!HostId.TryParse(id, out HostId host) || !services.Directory.TryGet(host, out HostRecord? record))
        {
            return Problems.NotFound($"There is no host {id}.");
        }

        string reason = change.Reason?.Trim() ?? "";
        if (reason.Length is 0 or > LongestReason || reason.Any(char.IsControl))
        {
            return Problems.Invalid(
                $"reason must have 1 to {LongestReason} characters, none of them a control character: it is what the audit trail and the host's page will say.");
        }

        if (AccessVerbs.After(record.Access.State, verb) is not { } access)
        {
            return Problems.Conflict($"Host {record.Name} is banned, and to evict it would let it join again with a token. Readmit it first.");
        }

        // Who repeats a request whose answer was lost has an old tag; what was asked for is so, and that is the answer.
        bool same = access == record.Access.State && http.Request.Headers.IfMatch.Count > 0;
        if (!same && EntityTag.Check(http.Request, record.Version, $"host {record.Name}") is { } refusal)
        {
            return refusal;
        }

        DateTimeOffset now = services.Time.GetUtcNow();
        HostRecord after = same ? record : record with
        {
            Access = access is AccessState.Member ? HostAccess.Member : new HostAccess(access, reason, who, now),
            Version = record.Version + 1,
        };
        if (dryRun)
        {
            return TypedResults.Ok(new PlanView<HostView>(same ? "none" : "update", services.Views.Preview(record), services.Views.Preview(after)));
        }

        if (!same && !await services.StoreAsync(record, verb, reason, who, now, ct))
        {
            return Problems.Stale($"Host {record.Name} changed since you read it; GET it again and repeat the change.");
        }

        EntityTag.Write(http.Response, after.Version);
        return TypedResults.Ok(services.Views.Host(host) ?? services.Views.Preview(after));
    }

    /// <summary>What the handler needs of the server, bound as one parameter.</summary>
    internal sealed class Services(
        IDbContextFactory<FleetDb> databases, HostDirectory directory, FleetViews views, IAgentConnections connections, Outbox outbox, LiveFeed feed, TimeProvider time)
    {
        public HostDirectory Directory => directory;

        public FleetViews Views => views;

        public TimeProvider Time => time;

        /// <returns>False when the host changed meanwhile.</returns>
        public async Task<bool> StoreAsync(HostRecord record, string verb, string reason, string who, DateTimeOffset now, CancellationToken ct)
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
            HostRow? row = await db.Hosts.AsNoTracking().FirstOrDefaultAsync(found => found.Id == record.Id && found.Version == record.Version, ct);
            if (row is null || AccessVerbs.After(row.Access, verb) is not { } access
                || !await HostAccessRecords.SetAsync(db, row, access, verb, reason, who, now, ct))
            {
                return false;
            }

            Outbox.Add(db, new FleetEvent
            {
                Host = record.Id,
                HostName = record.Name,
                Time = now,
                Kind = EventKinds.HostState,
                Detail = $"{record.Name} is {HostStates.Of(access) ?? "readmitted"} by {who}: {reason}",
            });
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            outbox.Ring();
            HostAccess told = access is AccessState.Member ? HostAccess.Member : new HostAccess(access, reason, who, now);
            directory.Update(record.Id, before => before with { Access = told, Version = row.Version + 1 });
            if (!told.Admitted)
            {
                connections.Cut(record.Id, $"{HostStates.Of(access)} by {who}: {reason}");
            }

            feed.Publish(LiveTopics.Hosts);
            return true;
        }
    }
}
