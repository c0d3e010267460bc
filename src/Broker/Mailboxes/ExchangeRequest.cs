using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>One exchange that somebody wants.</summary>
internal sealed record ExchangeRequest
{
    public required DoeFeature Feature { get; init; }

    /// <summary>The request without its header.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>Who that is to the queue.</summary>
    public required CallerKey Key { get; init; }

    public required ExchangeWay Way { get; init; }

    public ExchangePriority Priority { get; init; } = ExchangePriority.Normal;

    /// <summary>Asked when the turn has come, before anything is written: false when nobody wants the exchange any more.</summary>
    public Func<bool>? Granted { get; init; }

    /// <summary>Called when Go was written.</summary>
    public Action? Requested { get; init; }
}
