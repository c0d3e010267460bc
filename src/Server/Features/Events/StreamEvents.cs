using System.ComponentModel;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Http.Requests;
using Fleet.Server.Identity.ApiTokens;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Events;

/// <summary>
/// Follows the store: as Server-Sent Events, or as one JSON object a line for who accepts application/x-ndjson. Each event carries its
/// position, and so does a stretch without any that was searched; a reader that comes back with the last one it saw misses nothing, or is told what it
/// missed by a gap record.
/// </summary>
internal static class StreamEvents
{
    private const int EventsPerRead = 500;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder events) => events.MapGet("/stream", HandleAsync)
        .WithName("streamEvents").WithSummary("Events as they are stored: text/event-stream, or application/x-ndjson if that is accepted")
        .Produces(StatusCodes.Status200OK, contentType: "text/event-stream", additionalContentTypes: ["application/x-ndjson"]);

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> HandleAsync(
        HttpContext http,
        [Description("Filter of events")] string? q,
        [Description("Position to go on after (the id of an event of the stream); without it, and without Last-Event-ID, only what is new")] string? since,
        [Description("false: end when everything stored has been sent")] bool? follow,
        IEventStore store,
        EventFlow flow,
        OpenStreams streams,
        TimeProvider time,
        CancellationToken requestEnds)
    {
        string? resume = http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? since;
        EventPosition position = default;
        if (resume is not null && !EventPosition.TryParse(resume, out position))
        {
            return Problems.Invalid($"'{resume}' is not a position of this stream; give the id of an event, or leave it out.");
        }

        if (!FleetFields.Events.TryParse(q, out Selector? selector, out ProblemHttpResult? problem))
        {
            return problem;
        }

        using OpenStream stream = await streams.OpenAsync(http.User, requestEnds);
        CancellationToken ct = stream.Ended;
        bool onlyHead = http.Features.Get<HeadRequest>() is not null;
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        EventStreamWriter writer = new(http);
        try
        {
            EventPosition end = await store.EndAsync(ct); // Before the answer begins: whoever has its first byte misses nothing that comes then.
            await writer.BeginAsync(ct);
            if (onlyHead)
            {
                return TypedResults.Empty; // Nobody reads what would follow.
            }

            position = resume is null ? end : await ResumeAsync(writer, store, position, end, ct);
            await FollowAsync(writer, store, flow, EventFilter.Of(selector), position, follow ?? true, time, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The reader left, or its token ended: one that comes again is told why.
        }

        return TypedResults.Empty;
    }

    private static async Task<EventPosition> ResumeAsync(EventStreamWriter writer, IEventStore store, EventPosition from, EventPosition end, CancellationToken ct)
    {
        if (await store.DaysAsync(ct) is [DateOnly oldest, ..] && from.Day < oldest)
        {
            EventPosition first = new(oldest, 0);
            await writer.WriteGapAsync(from, first, "The events of these days are older than what is kept.", ct);
            return first;
        }

        if (from.CompareTo(end) > 0)
        {
            await writer.WriteGapAsync(from, end, "The position is after everything stored: the store is another one than the position is from.", ct);
            return end;
        }

        return from;
    }

    private static async Task FollowAsync(
        EventStreamWriter writer, IEventStore store, EventFlow flow, EventFilter filter, EventPosition position, bool follow, TimeProvider time, CancellationToken ct)
    {
        while (true)
        {
            Task next = flow.Next;
            EventPage page;
            do
            {
                page = await store.ForwardAsync(filter, position, EventsPerRead, ct);
                foreach (StoredEvent item in page.Items)
                {
                    await writer.WriteAsync(item, ct);
                }

                await writer.FlushAsync(ct);
                position = page.Next ?? position;
                if (page.More && page.Items.Count is 0)
                {
                    await writer.WritePositionAsync(position, ct); // Or a filter that matches little would never come past a proxy's patience.
                }
            }
            while (page.More);

            if (!follow)
            {
                return;
            }

            while (!next.IsCompleted)
            {
                Task ended = await Task.WhenAny(next, Task.Delay(KeepAlive, time, ct));
                ct.ThrowIfCancellationRequested();
                if (ended != next)
                {
                    await writer.KeepAliveAsync(ct);
                }
            }
        }
    }
}
