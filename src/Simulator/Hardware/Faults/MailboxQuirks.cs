namespace Fleet.Simulator.Hardware.Faults;

/// <summary>How a mailbox deviates from a good one. A fault is a set of these.</summary>
internal sealed record MailboxQuirks
{
    public static readonly MailboxQuirks None = new();

    /// <summary>Busy is always set.</summary>
    public bool Busy { get; init; }

    /// <summary>Objects are taken and never answered.</summary>
    public bool Silent { get; init; }

    /// <summary>The last dword of each object gets lost, so that its length is wrong.</summary>
    public bool LosesDword { get; init; }

    /// <summary>A dword nobody sent lies in the write mailbox when the fault begins.</summary>
    public bool Stray { get; init; }

    /// <summary>Error is set when the fault begins, until an abort.</summary>
    public bool ErrorAtFirst { get; init; }

    /// <summary>Every object sets Error.</summary>
    public bool ErrorOnGo { get; init; }

    /// <summary>How long Busy stays after an abort; infinite for never.</summary>
    public TimeSpan AbortTime { get; init; }

    /// <summary>Data Object Ready falls when so many dwords of a response are handed out.</summary>
    public int? ReadyDropsAfter { get; init; }

    /// <summary>Responses are of a feature nobody asked for.</summary>
    public bool OtherFeature { get; init; }

    /// <summary>Responses belong to the request before; the first one is an empty object of the feature.</summary>
    public bool OneBehind { get; init; }

    /// <summary>The function stops answering (all ones) when so many dwords of a response are handed out; 0 is at Go.</summary>
    public int? VanishesAfter { get; init; }

    /// <summary>As <see cref="VanishesAfter"/>, but the function is pulled out: the host notices.</summary>
    public int? UnpluggedAfter { get; init; }

    /// <summary>Bits that Status shows besides those of its state.</summary>
    public uint Status { get; init; }

    /// <summary>Discovery answers with a second dword, as revision 2 allows.</summary>
    public bool WideDiscovery { get; init; }

    /// <summary>The last entry of discovery leads back to index 1.</summary>
    public bool DiscoveryLoops { get; init; }
}
