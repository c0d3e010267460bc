using Fleet.Contracts;
using Fleet.Server.Live;
using Fleet.Server.Live.News;

namespace Fleet.Server.Data.Events;

/// <summary>Wakes those who follow the store, and counts what went into it.</summary>
internal sealed class EventFlow(FleetMetrics metrics, IFleetNews news)
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when something is stored after this call. Take it before reading, await it after: then nothing is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Stored(IReadOnlyList<FleetEvent> events, EventPosition last)
    {
        metrics.Ingested(events);
        if (last.Row > 0)
        {
            Wake();
            news.Publish(NewsKind.Events);
        }
    }

    /// <summary>Something was stored, by this server or another.</summary>
    public void Wake() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
