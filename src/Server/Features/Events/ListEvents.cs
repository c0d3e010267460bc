using System.ComponentModel;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Events;

/// <summary>
/// A page of the past. A filter that matches little reads a bounded number of rows and then answers with fewer items than asked, and a
/// cursor to go on: an empty page with a cursor means "not yet", not "nothing".
/// </summary>
internal static class ListEvents
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void Map(RouteGroupBuilder events) => events.MapGet("/", HandleAsync).WithName("listEvents").WithSummary("Events, newest first");

    private static async Task<Results<Ok<Page<FleetEvent>>, ProblemHttpResult>> HandleAsync(
        [AsParameters] ListRequest request,
        [Description("Only events at or after this time")] DateTimeOffset? since,
        [Description("Only events before this time")] DateTimeOffset? until,
        IEventStore store,
        CancellationToken ct)
    {
        if (request.Limit is < 1 or > MaxLimit)
        {
            return Problems.Invalid($"limit is {request.Limit}; it must be 1 to {MaxLimit}.");
        }

        EventPosition? before = null;
        if (request.Cursor is not null)
        {
            if (!EventPosition.TryParse(request.Cursor, out EventPosition position))
            {
                return Problems.Invalid("cursor is not one that this server gave out; begin again without it.");
            }

            before = position;
        }

        if (!FleetFields.Events.TryParse(request.Q, out Selector? selector, out ProblemHttpResult? problem))
        {
            return problem;
        }

        EventPage page = await store.BackwardAsync(EventFilter.Of(selector, since, until), before, request.Limit ?? DefaultLimit, ct);
        return TypedResults.Ok(new Page<FleetEvent>([.. page.Items.Select(item => item.Event)], page.Next?.ToString()));
    }
}
