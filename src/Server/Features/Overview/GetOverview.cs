using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Hosting;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Overview;

internal static class GetOverview
{
    private const int MostAttention = 50;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static void Map(RouteGroupBuilder overview) =>
        overview.MapGet("/", HandleAsync).WithName("getOverview").WithSummary("The fleet in figures, and what needs attention");

    private static async Task<Ok<OverviewView>> HandleAsync(
        FleetViews views, HostDirectory directory, ContentionReader contention, FleetDb db, AttestationViews attestations, EventWriter writer, IEventStore store, AgentPlaces places, TimeProvider time, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<HostView> hosts = views.Hosts();
        IReadOnlyList<ContentionRow>? hour = await contention.TryReadAsync(
            new SumQuery(now - Hour, now, SumFields.Kind | SumFields.Host | SumFields.Function | SumFields.Comm | SumFields.Decision, 0), ct);
        IReadOnlyDictionary<HostId, long> losses = await contention.LossesAsync(now - Day, now, ct);
        IReadOnlyList<AttestationView> standings = attestations.All();
        RolloutFigures rollouts = await RolloutFigures.ReadAsync(db, ct);
        IReadOnlyList<AttentionItem> attention = Attention.Of(
            hosts,
            hour ?? [],
            losses,
            [
                .. rollouts.Failed, .. AttestationAttention.Of(standings), .. StoreAttention.Of(writer, store, now), .. PlacesAttention.Of(places, now),
                .. IdentityAttention.Of(hosts, now), .. SumsAttention.Of(hour is not null, contention.LastHour.KnowsFunctions, now),
            ],
            directory,
            now);
        return TypedResults.Ok(new OverviewView
        {
            Hosts = Count(HostStates.All, hosts.Select(host => host.State)),
            Functions = hosts.Sum(host => host.Functions),
            Mailboxes = Count([], views.MailboxStates()),
            Claims = Count(WireNames.All<ClaimSource>(), views.ClaimSources().Select(WireNames.Of)),
            ContentionLastHour = hour is null ? await TotalAsync(contention, now - Hour, now, ct) : SumBounds.Total(hour.Select(row => row.Count)),
            ContentionHourBefore = await TotalAsync(contention, now - Hour - Hour, (now - Hour).AddMinutes(-1), ct),
            EventsLost = SumBounds.Total(losses.Values),
            Policies = rollouts.Policies,
            Rollouts = rollouts.Phases,
            Attestation = Count(WireNames.All<AttestationState>(), standings.Select(standing => WireNames.Of(standing.State))),
            Attention = [.. attention.Take(MostAttention)],
            AttentionTotal = attention.Count,
        });
    }

    private static async Task<long> TotalAsync(ContentionReader contention, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        SumBounds.Total((await contention.ReadAsync(new SumQuery(from, to, SumFields.None, 0), ct)).Select(row => row.Count));

    private static SortedDictionary<string, int> Count(IEnumerable<string> known, IEnumerable<string> values)
    {
        SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (string value in known)
        {
            counts[value] = 0;
        }

        foreach (string value in values)
        {
            counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        return counts;
    }
}
