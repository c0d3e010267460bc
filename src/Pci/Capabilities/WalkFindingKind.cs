namespace Fleet.Pci.Capabilities;

/// <summary>What was odd about a capability chain.</summary>
public enum WalkFindingKind
{
    /// <summary>The chain returns to a capability it already passed; the walk stopped there.</summary>
    Loop,

    /// <summary>A pointer had reserved low bits set; they were masked and the walk went on.</summary>
    Misaligned,

    /// <summary>A pointer leads into the header or out of its space, or an id is not one; the walk stopped there.</summary>
    Broken,

    /// <summary>A header in the middle of a chain could not be read or reads all ones; later capabilities are unknown.</summary>
    Truncated,

    /// <summary>A capability begins inside another one.</summary>
    Overlap,

    /// <summary>The function does not answer: absent, asleep or in reset. Its capabilities are unknown, not none.</summary>
    Unreadable,

    /// <summary>The first header of a chain could not be read or reads all ones, although the function answers.</summary>
    StartUnreadable,

    /// <summary>A capability with id 0 (Null). Legal: hardware hides a capability this way.</summary>
    NullId,

    /// <summary>A capability is longer than what is left of its space; it was cut and is not usable.</summary>
    PastEnd,

    /// <summary>A length that a capability states about itself is smaller than its own header.</summary>
    BadLength,

    /// <summary>More headers than fit into the space; the walk stopped.</summary>
    TooMany,

    /// <summary>Extended space repeats the conventional one (some bridges alias it); it was not walked.</summary>
    Alias,

    /// <summary>The header type is not 0, 1 or 2, so that the place of the capability pointer is unknown.</summary>
    UnknownHeader,
}
