using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>
/// A caller's right to the stateful features (0001:01 to 0001:04) of one device across several exchanges. It covers every function
/// and mailbox of the device, since one responder stands behind them. Discovery and CDAT pass between.
/// </summary>
public sealed record HoldFacts
{
    /// <summary>Identity on the host.</summary>
    public required string Id { get; init; }

    /// <summary>The device, named by its function 0.</summary>
    public required PciAddress Device { get; init; }

    /// <summary>The process that holds it.</summary>
    public required Caller Caller { get; init; }

    /// <summary>True when it was asked for; false when the caller's GET_VERSION began it.</summary>
    public required bool Requested { get; init; }

    /// <summary>Why, in the holder's words; null for one that began by itself.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it ends at the latest, used or not.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>Exchanges of stateful features that the holder has run under it.</summary>
    public required long Exchanges { get; init; }

    /// <summary>Callers that wait for its end.</summary>
    public required int Waiting { get; init; }
}
