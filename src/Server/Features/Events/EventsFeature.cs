// What happened: pages of the past, newest first, and a stream of what comes.
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Events;

internal static class EventsFeature
{
    public static void MapEvents(this RouteGroupBuilder api)
    {
        RouteGroupBuilder events = api.MapGroup("/events").WithTags("Events").RequireAuthorization(Access.Read);
        ListEvents.Map(events);
        StreamEvents.Map(events);
    }
}
