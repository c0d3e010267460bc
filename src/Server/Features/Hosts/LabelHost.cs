using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Hosts;

/// <summary>Sets and removes labels. Of two who change the same version one is told that it is stale.</summary>
internal static class LabelHost
{
    public static void Map(RouteGroupBuilder hosts) =>
        hosts.MapPatch("/{id}", HandleAsync).WithName("labelHost").WithSummary("Set labels (a null value removes one); needs If-Match").Tagged().Takes(TagUse.Needed);

    private static async Task<Results<Ok<HostView>, ProblemHttpResult>> HandleAsync(
        string id, PatchHost change, HttpContext http, ClaimsPrincipal user, FleetDb db, HostDirectory directory, FleetViews views, LiveFeed feed, TimeProvider time, CancellationToken ct)
    {
        if (!HostId.TryParse(id, out HostId host) || !directory.TryGet(host, out HostRecord? record))
        {
            return Problems.NotFound($"There is no host {id}.");
        }

        if (EntityTag.Check(http.Request, record.Version, $"host {record.Name}") is { } refusal)
        {
            return refusal;
        }

        if (change.Labels is null)
        {
            return Problems.Invalid("labels is missing.");
        }

        if (LabelRules.Check(change.Labels) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        ImmutableSortedDictionary<string, string> labels = Merge(record.Labels, change.Labels);
        if (labels.Count > LabelRules.Most)
        {
            return Problems.Invalid($"Host {record.Name} would have {labels.Count} labels; at most {LabelRules.Most} are allowed.");
        }

        string json = JsonSerializer.Serialize(labels, FleetJson.Options);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        int changed = await db.Hosts.Where(row => row.Id == host && row.Version == record.Version).ExecuteUpdateAsync(
            row => row.SetProperty(r => r.Labels, json).SetProperty(r => r.Version, record.Version + 1), ct);
        if (changed is 0)
        {
            return Problems.Stale($"Host {record.Name} changed since you read it; GET it again and repeat the change.");
        }

        await AuditTrail.AppendAsync(db, user.Name(), "host.label", host.ToString(), Change(record, labels), time.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        directory.Update(host, before => before with { Labels = labels, Version = record.Version + 1 });
        feed.Publish(LiveTopics.Hosts);
        EntityTag.Write(http.Response, record.Version + 1);
        return TypedResults.Ok(views.Host(host)!);
    }

    private static string Change(HostRecord before, ImmutableSortedDictionary<string, string> after)
    {
        IEnumerable<string> changes = before.Labels.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(key => (key, Was: before.Labels.GetValueOrDefault(key), Is: after.GetValueOrDefault(key)))
            .Where(label => label.Was != label.Is)
            .Select(label => $"{label.key}: {label.Was ?? "none"} → {label.Is ?? "none"}");
        return $"{before.Name}: {string.Join(", ", changes.DefaultIfEmpty("nothing changed"))}";
    }

    private static ImmutableSortedDictionary<string, string> Merge(
        ImmutableSortedDictionary<string, string> labels, IReadOnlyDictionary<string, string?> changes) => changes.Aggregate(
        labels, (result, change) => change.Value is null ? result.Remove(change.Key) : result.SetItem(change.Key, change.Value));
}
