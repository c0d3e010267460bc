using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>
/// The mailboxes that tools drive by register without touching the real ones. The access gate asks here once a claim said
/// "virtualise", and for every read of a caller that has registers of its own.
/// </summary>
internal interface IVirtualMailboxes
{
    /// <summary>Whether the caller has registers of its own within these bytes. Cheap where nobody has.</summary>
    bool Covers(Caller caller, BrokeredFunction function, int offset, int length);

    /// <summary>Reads for a caller that has registers of its own there; what lies beside them is read from the function.</summary>
    AccessResult Read(BrokeredFunction function, int offset, Span<byte> destination, Caller caller);

    /// <summary>
    /// Reads from the function for a caller without registers of its own there. What its first look at a mailbox would show of an
    /// exchange that the broker runs for another (Busy, ready, the response) is left out where its first write would be virtualised:
    /// nobody sees Busy for another's work. A read of more than one register, as lspci makes, shows all.
    /// </summary>
    AccessResult ReadReal(BrokeredFunction function, int offset, Span<byte> destination, Caller caller);

    /// <summary>Writes a register of the caller's own; whatever is no aligned dword of one mailbox's registers is refused whole.</summary>
    AccessResult Write(BrokeredFunction function, int offset, ReadOnlySpan<byte> source, Caller caller);
}
