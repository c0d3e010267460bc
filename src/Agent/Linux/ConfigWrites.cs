namespace Fleet.Agent.Linux;

/// <summary>What becomes of writes to a function's configuration space.</summary>
internal enum ConfigWrites
{
    /// <summary>They go to the kernel.</summary>
    Allowed,

    /// <summary>The agent was told to open functions read-only: EROFS.</summary>
    ReadOnly,

    /// <summary>Kernel lockdown refuses them: EPERM, as from the kernel's own file.</summary>
    Denied,
}
