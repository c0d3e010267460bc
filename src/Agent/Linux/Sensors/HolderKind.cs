namespace Fleet.Agent.Linux.Sensors;

/// <summary>Files that lead to a device.</summary>
internal enum HolderKind
{
    /// <summary>A raw config file of sysfs.</summary>
    Config,

    /// <summary>A config file of /proc/bus/pci.</summary>
    ProcConfig,

    /// <summary>A base address window (resourceN).</summary>
    Resource,

    /// <summary>A VFIO group or device: a virtual machine or a user-space driver.</summary>
    Vfio,

    /// <summary>Physical memory or I/O ports.</summary>
    Memory,
}
