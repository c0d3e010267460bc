namespace Fleet.Pci.Doe;

/// <summary>Why an exchange with a mailbox failed.</summary>
public enum DoeFailure
{
    /// <summary>The mailbox stayed busy for the whole time allowed; nothing was written. Somebody else may be using it.</summary>
    BusyAtEntry,

    /// <summary>Somebody's response was waiting unread; nothing was written.</summary>
    UnreadResponse,

    /// <summary>The device reported an error for this exchange.</summary>
    ErrorLatched,

    /// <summary>No response within the time allowed; it may have discarded the request silently.</summary>
    Timeout,

    /// <summary>The response belongs to another feature: somebody else is using the mailbox.</summary>
    ForeignResponse,

    /// <summary>The response states a length that cannot be, or is not the one its feature has.</summary>
    LengthMismatch,

    /// <summary>The response ended before the length it stated.</summary>
    Underflow,

    /// <summary>An abort did not complete in time; the mailbox is quarantined.</summary>
    AbortFailed,

    /// <summary>The function does not answer any more.</summary>
    Gone,

    /// <summary>There is no DOE capability at this offset, or it does not fit into the space.</summary>
    NotAMailbox,

    /// <summary>An earlier abort failed; the mailbox is not used until it is released.</summary>
    Quarantined,

    /// <summary>The request or the response is longer than this product's own limit.</summary>
    TooLong,

    /// <summary>The space is read-only here.</summary>
    ReadOnly,

    /// <summary>The kernel refuses writes (lockdown or permission).</summary>
    Denied,

    /// <summary>An access failed for another reason.</summary>
    AccessFailed,

    /// <summary>The content of a response breaks the rules of its feature.</summary>
    Malformed,

    /// <summary>Discovery never ends: the device repeats an index.</summary>
    DiscoveryLoop,

    /// <summary>The mailbox belongs to somebody else on this host (the kernel, a VM): it is not driven from here.</summary>
    NotOwned,

    /// <summary>The exchange did not get its turn in time; nothing was written.</summary>
    NoTurn,
}
