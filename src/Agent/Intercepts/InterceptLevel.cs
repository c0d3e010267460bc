namespace Fleet.Agent.Intercepts;

/// <summary>By which way accesses reach the broker.</summary>
internal enum InterceptLevel
{
    None,

    /// <summary>A tree beside the kernel's: only tools that are pointed at it go through the broker.</summary>
    Mirror,

    /// <summary>The mirror's files lie over the kernel's: every tool goes through the broker.</summary>
    Bind,
}
