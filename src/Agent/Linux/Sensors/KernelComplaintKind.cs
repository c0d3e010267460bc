namespace Fleet.Agent.Linux.Sensors;

/// <summary>What the kernel can complain of in its log.</summary>
internal enum KernelComplaintKind
{
    None,

    /// <summary>A mailbox was busy when the kernel wanted it: somebody else drives it.</summary>
    MailboxBusy,

    /// <summary>A mailbox answered what the kernel had not asked.</summary>
    ForeignResponse,

    AbortTimedOut,

    /// <summary>The kernel gives the mailbox up until the function is removed and found again.</summary>
    MailboxDead,

    ResetFailed,
    DiscoveryFailed,
    NoMailbox,

    /// <summary>A program wrote into a range that a driver claimed; told once a boot, and not prevented.</summary>
    ExclusiveWrite,

    /// <summary>Lockdown refused a program's write.</summary>
    LockedDown,
}
