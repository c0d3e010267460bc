using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Server.Data.Events;

/// <summary>Which events are asked for.</summary>
internal sealed record EventFilter
{
    public static readonly EventFilter Everything = new();

    public Selector Selector { get; init; } = Selector.All;

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public static EventFilter Of(Selector selector, DateTimeOffset? since = null, DateTimeOffset? until = null) => new()
    {
        Selector = selector,
        Since = since,
        Until = until,
    };

    /// <summary>What happened at one function since a moment.</summary>
    public static EventFilter OfFunction(HostId host, PciAddress function, DateTimeOffset since)
    {
        bool parsed = Selector.TryParse($"host:{host} and function:\"{function}\"", Selectables.EventFields, out Selector? selector, out _);
        return parsed ? Of(selector!, since) : throw new InvalidOperationException($"No filter for {host} {function}.");
    }

    public bool Matches(FleetEvent fleetEvent) =>
        (Since is null || fleetEvent.Time >= Since) && (Until is null || fleetEvent.Time < Until) && Selector.Matches(Selectables.Of(fleetEvent));
}
