using System.Collections.Immutable;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Hosts;

/// <summary>Sets and removes labels. Of two who change the same version one is told that it is stale.</summary>
internal static class LabelHost
{
    private const int MostLabels = 64;
    private const int LongestKey = 64;
    private const int LongestValue = 256;

    public static void Map(RouteGroupBuilder hosts) =>
        hosts.MapPatch("/{id}", HandleAsync).WithName("labelHost").WithSummary("Set labels (a null value removes one); needs If-Match");

    private static async Task<Results<Ok<HostView>, ProblemHttpResult>> HandleAsync(
        string id, PatchHost change, HttpContext http, FleetDb db, HostDirectory directory, FleetViews views, LiveFeed feed, CancellationToken ct)
    {
        if (!HostId.TryParse(id, out HostId host) || !directory.TryGet(host, out HostRecord? record))
        {
            return Problems.NotFound($"There is no host {id}.");
        }

        if (EntityTag.Check(http.Request, record.Version, $"host {record.Name}") is { } refusal)
        {
            return refusal;
        }

        if (Check(change.Labels) is { } wrong)
        {
            return Problems.Invalid(wrong);
        }

        ImmutableSortedDictionary<string, string> labels = Merge(record.Labels, change.Labels);
        if (labels.Count > MostLabels)
        {
            return Problems.Invalid($"Host {record.Name} would have {labels.Count} labels; at most {MostLabels} are allowed.");
        }

        string json = JsonSerializer.Serialize(labels, FleetJson.Options);
        int changed = await db.Hosts.Where(row => row.Id == host && row.Version == record.Version).ExecuteUpdateAsync(
            row => row.SetProperty(r => r.Labels, json).SetProperty(r => r.Version, record.Version + 1), ct);
        if (changed is 0)
        {
            return Problems.Stale($"Host {record.Name} changed since you read it; GET it again and repeat the change.");
        }

        directory.Update(host, before => before with { Labels = labels, Version = record.Version + 1 });
        feed.Publish(LiveTopics.Hosts);
        EntityTag.Write(http.Response, record.Version + 1);
        return TypedResults.Ok(views.Host(host)!);
    }

    private static string? Check(IReadOnlyDictionary<string, string?>? labels)
    {
        if (labels is null)
        {
            return "labels is missing.";
        }

        foreach ((string key, string? value) in labels)
        {
            if (key.Length is 0 or > LongestKey || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/'))
            {
                return $"The label key '{key}' must have 1 to {LongestKey} letters, digits, '-', '_', '.' or '/'.";
            }

            if (value?.Length > LongestValue || value?.Any(char.IsControl) is true)
            {
                return $"The value of label '{key}' must have at most {LongestValue} characters, none of them a control character.";
            }
        }

        return null;
    }

    private static ImmutableSortedDictionary<string, string> Merge(
        ImmutableSortedDictionary<string, string> labels, IReadOnlyDictionary<string, string?> changes) => changes.Aggregate(
        labels, (result, change) => change.Value is null ? result.Remove(change.Key) : result.SetItem(change.Key, change.Value));
}
