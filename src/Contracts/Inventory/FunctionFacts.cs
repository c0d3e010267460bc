using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>What an agent knows of one PCI function.</summary>
public sealed record FunctionFacts
{
    /// <summary>Where it is.</summary>
    public required PciAddress Address { get; init; }

    /// <summary>Vendor id, four lower-case hexadecimal digits.</summary>
    public required string VendorId { get; init; }

    /// <summary>Device id, four lower-case hexadecimal digits.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Class code, six lower-case hexadecimal digits (class, subclass, programming interface).</summary>
    public required string ClassCode { get; init; }

    /// <summary>Revision id, two lower-case hexadecimal digits.</summary>
    public string Revision { get; init => field = value ?? "00"; } = "00";

    /// <summary>Subsystem as "vvvv:dddd"; null when the function has none.</summary>
    public string? Subsystem { get; init; }

    /// <summary>The bound driver; null when none is.</summary>
    public string? Driver { get; init; }

    /// <summary>Vendor's name from pci.ids; null when unknown.</summary>
    public string? VendorName { get; init; }

    /// <summary>Device's name from pci.ids; null when unknown.</summary>
    public string? DeviceName { get; init; }

    /// <summary>Name of the class from pci.ids; null when unknown.</summary>
    public string? ClassName { get; init; }

    /// <summary>Power state as sysfs has it ("D0", "D3cold", "unknown").</summary>
    public string? PowerState { get; init; }

    /// <summary>NUMA node; null when the host does not say.</summary>
    public int? NumaNode { get; init; }

    /// <summary>Interrupt line as the kernel routes it; null when there is none.</summary>
    public int? Irq { get; init; }

    /// <summary>IOMMU group; null when the host has no IOMMU.</summary>
    public int? IommuGroup { get; init; }

    /// <summary>The platform security manager it is connected to (tsm/connect); empty when to none, null when the host has none for it.</summary>
    public string? SecurityManager { get; init; }

    /// <summary>The kernel's 'authenticated' attribute; null when there is none.</summary>
    public string? Authenticated { get; init; }

    /// <summary>
    /// When its agent last saw somebody have it reset, by the host's clock; null when it has seen none. One that follows within the 10 s for which mailboxes
    /// are left alone then counts with the one before.
    /// </summary>
    public DateTimeOffset? ResetAt { get; init; }

    /// <summary>Size of the configuration space in bytes: 256 or 4096.</summary>
    public int ConfigSize { get; init; }

    /// <summary>The capabilities found, conventional before extended, in chain order.</summary>
    public IReadOnlyList<CapabilityFacts> Capabilities { get; init => field = value ?? []; } = [];

    /// <summary>What is wrong with the capability lists, one sentence each.</summary>
    public IReadOnlyList<string> Findings { get; init => field = value ?? []; } = [];

    /// <summary>The DOE mailboxes found.</summary>
    public IReadOnlyList<MailboxFacts> Mailboxes { get; init => field = value ?? []; } = [];

    /// <summary>Names in the kernel's doe_features directory (Linux 6.15 and later); null when there is no such directory.</summary>
    public IReadOnlyList<string>? KernelDoeFeatures { get; init; }

    /// <summary>The bytes the agent has read; ranges never read are absent.</summary>
    public IReadOnlyList<ConfigRange> Config { get; init => field = value ?? []; } = [];
}
