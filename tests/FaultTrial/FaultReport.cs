using Fleet.Testing.Delivery;

namespace Fleet.FaultTrial;

/// <summary>What was done to a fleet, and what became of its events.</summary>
internal sealed record FaultReport
{
    public required int Seed { get; init; }

    public required string Store { get; init; }

    /// <summary>How often each fault happened.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    public required double Seconds { get; init; }

    public required DeliveryVerdict Verdict { get; init; }

    /// <summary>What went wrong beside delivery; empty when nothing did.</summary>
    public required IReadOnlyList<string> Wrong { get; init; }
}
