namespace Fleet.Agent;

/// <summary>What can happen to a function.</summary>
internal enum HardwareChangeKind
{
    Added,
    Removed,

    /// <summary>A driver took it.</summary>
    Bound,

    /// <summary>Its driver let it go.</summary>
    Unbound,

    /// <summary>Something else about it: attributes, a security manager.</summary>
    Changed,

    /// <summary>Changes were lost: everything must be looked at.</summary>
    Overrun,
}
