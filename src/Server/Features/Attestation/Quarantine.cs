using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Attestation;

/// <summary>Functions whose evidence failed stay in quarantine, whatever comes later, until somebody lets them out with a reason that is kept.</summary>
internal static class Quarantine
{
    private const int LongestReason = 1024;

    public static void Map(RouteGroupBuilder read, RouteGroupBuilder release)
    {
        read.MapGet("/quarantine", List).WithName("listQuarantine").WithSummary("Functions in quarantine");
        release.MapPost("/quarantine:release", ReleaseAsync).WithName("releaseQuarantine").WithSummary("Let a function out of quarantine; it is attested at once")
            .WithDescription("The reason is kept in the audit trail. With forgetIdentity the device that is seen next is pinned and nothing of the one before is held against it.").Refuses(StatusCodes.Status409Conflict);
    }

    private static Results<Ok<Page<QuarantineView>>, ProblemHttpResult> List([AsParameters] ListRequest request, DeviceDirectory devices, HostDirectory hosts) => Lists.Answer(
        request,
        Selectable.Fields,
        devices.Devices.Where(device => device.Quarantined is not null).Select(device => Of(device, hosts)),
        view => new Selectable(view),
        view => SortKeys.Of(view.HostName, view.Function.Host, view.Address));

    private static async Task<Results<NoContent, ProblemHttpResult>> ReleaseAsync(
        ReleaseQuarantine request, ClaimsPrincipal user, DeviceDirectory devices, IAttestations attestations, LiveFeed feed, TimeProvider time, CancellationToken ct)
    {
        string reason = request.Reason?.Trim() ?? "";
        if (reason.Length is 0 or > LongestReason)
        {
            return Problems.Invalid($"A release needs a reason of 1 to {LongestReason} characters: it is what the audit trail will say.");
        }

        bool released = false;
        DateTimeOffset now = time.GetUtcNow();
        await devices.ChangeAsync(
            request.Function,
            async (db, standing) =>
            {
                // A device that moved leaves its identity behind; that too is forgotten here, though nothing is in quarantine.
                if (standing is null || (standing.Quarantined is null && !(request.ForgetIdentity && standing.Pin is not null)))
                {
                    return standing;
                }

                released = true;
                string was = standing.Quarantined is { } since ? $"In quarantine since {since:O}: {standing.QuarantineReason}" : "Not in quarantine.";
                string forgot = request.ForgetIdentity ? $" Identity {standing.Pin} forgotten." : "";
                await AuditTrail.AppendAsync(db, user.Name(), "quarantine.release", request.Function.ToString(), $"{reason} ({was}{forgot})", now, ct);
                return Standings.Release(standing, request.ForgetIdentity, now);
            },
            ct);
        if (!released)
        {
            return Problems.Conflict($"{request.Function} is not in quarantine.");
        }

        feed.Publish(LiveTopics.Attestations);
        await attestations.StartAsync(request.Function, Triggers.Release, user.Name(), ct);
        return TypedResults.NoContent();
    }

    private static QuarantineView Of(DeviceStanding device, HostDirectory hosts) => new(
        device.Function,
        hosts.TryGet(device.Function.Host, out HostRecord? host) ? host.Name : device.Function.Host.ToString(),
        device.Function.Address,
        device.Quarantined!.Value,
        device.QuarantineReason ?? "",
        device.QuarantineAttestation ?? "");

    private sealed class Selectable(QuarantineView view) : ISelectable
    {
        public static readonly FilterFields Fields = new FilterFields(["host", "function", "address", "reason"]);

        public bool Knows(string field) => Fields.Names.Contains(field) || field is "any";

        public IEnumerable<string> Values(string field) => field switch
        {
            "host" => [view.HostName, view.Function.Host.ToString()],
            "function" or "address" => [view.Address.ToString(), view.Function.ToString()],
            "reason" => [view.Reason],
            "any" => [view.HostName, view.Address.ToString(), view.Reason],
            _ => [],
        };
    }
}
