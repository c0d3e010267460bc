namespace Fleet.Agent.Linux;

/// <summary>What of the running kernel decides who drives a mailbox.</summary>
/// <param name="Version">Its version; null when its release is no version.</param>
/// <param name="Doe">Whether it was built with CONFIG_PCI_DOE; null when it does not say.</param>
/// <param name="Lockdown">Its lockdown level.</param>
/// <param name="ReadOnly">Whether this agent was told to open functions read-only.</param>
internal sealed record KernelSight(KernelVersion? Version, bool? Doe, string Lockdown, bool ReadOnly)
{
    /// <summary>The core drives every mailbox at enumeration from 6.4 on, when built to; what is not known counts as yes.</summary>
    public bool DrivesAtEnumeration => Doe is not false && (Version is not { } version || version.IsAtLeast(6, 4));

    /// <summary>Shows in sysfs what its own discovery found, from 6.15 on: then its presence says that the kernel is done.</summary>
    public bool ShowsFeatures => DrivesAtEnumeration && Version is { } version && version.IsAtLeast(6, 15);

    /// <summary>From "integrity" up no config write of user space passes.</summary>
    public bool LockedDown => Lockdown is not (Linux.Lockdown.None or Linux.Lockdown.Unknown);

    public static KernelSight Read(bool readOnly)
    {
        string release = KernelName.Read().Release;
        return new KernelSight(KernelVersion.Parse(release), KernelConfig.IsSet("CONFIG_PCI_DOE", release), Linux.Lockdown.Read(), readOnly);
    }
}
