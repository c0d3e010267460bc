using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// The harmless access that sensors are tried with: four bytes of the header of a function that is awake, through our own view of sysfs.
/// </summary>
internal sealed class TrialAccess(string pciRoot, PciAddress? function)
{
    /// <summary>The function it reads; null when there is none that may be read.</summary>
    public PciAddress? Function => function;

    /// <summary>The directory laid out like /sys/bus/pci.</summary>
    public string PciRoot => pciRoot;

    /// <summary>Makes it: opens, reads, closes. False when it failed.</summary>
    public bool Read()
    {
        if (function is not { } address)
        {
            return false;
        }

        using SysfsConfigSpace? space = SysfsConfigSpace.TryOpen(pciRoot, address, ConfigWrites.ReadOnly, out _);
        Span<byte> bytes = stackalloc byte[4];
        return space?.Read(0, bytes).Status is ConfigStatus.Done;
    }
}
