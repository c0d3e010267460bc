// What happened: pages of the past, newest first, and a stream of what comes.
using Fleet.Contracts;
using Fleet.Server.Identity;

namespace Fleet.Server.Features.Events;

internal static class EventsFeature
{
    public static void MapEvents(this RouteGroupBuilder api)
    {
        RouteGroupBuilder events = api.MapGroup("/events").WithTags("Events").Needs(Scopes.EventsRead);
        ListEvents.Map(events);
        StreamEvents.Map(events);
    }
}
