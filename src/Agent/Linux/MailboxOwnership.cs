using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Linux;

/// <summary>
/// Who may drive the mailboxes of a function, decided from what the kernel shows without touching the device. A mailbox that
/// the kernel, a security manager or a virtual machine owns is never driven by the broker; what is not known counts as owned.
/// </summary>
internal sealed record MailboxOwnership(string Owner, string Reason)
{
    public const string Broker = "broker";

    private const string CxlDriver = "cxl_pci";
    private const string CxlTables = "1e98:02";
    private static readonly string[] Authentication = ["0001:01", "0001:02", "0001:03", "0001:04"];
    private static readonly string[] VirtualMachineDrivers = ["pciback", "xen-pciback"];

    /// <summary>Decides; the first rule that applies is the answer.</summary>
    public static MailboxOwnership Decide(OwnershipSight function, KernelSight kernel)
    {
        if (!string.IsNullOrEmpty(function.ConnectedTo) && MaySpeak(function, Authentication))
        {
            return new("tsm", $"The function is connected to the platform's security manager '{function.ConnectedTo}' (tsm/connect).");
        }

        if (!function.HasManager && function.Authenticated && MaySpeak(function, Authentication))
        {
            return new("kernel", "The kernel authenticates the device itself (its directory has 'authenticated').");
        }

        // The driver needs the core's mailboxes: a kernel built without them has none.
        if (function.Driver is CxlDriver && kernel.Doe is not false && MaySpeak(function, CxlTables))
        {
            return new("kernel", $"The driver {CxlDriver} reads the device's tables through its mailbox.");
        }

        if (function.Driver is { } driver && GivesAway(driver))
        {
            return new("vm", $"The driver {driver} gives the device to a virtual machine or to a user-space driver.");
        }

        if (kernel.LockedDown)
        {
            return new("none", $"Kernel lockdown '{kernel.Lockdown}' refuses config writes from user space, so nobody here can drive it.");
        }

        if (kernel.ReadOnly)
        {
            return new("none", "This agent was told to open functions read-only (--read-only), so it drives no mailbox here.");
        }

        if (function.Asleep)
        {
            return new("none", "The function is powered off (D3cold): an access would wake it.");
        }

        if (function.Reset)
        {
            return new("none", $"The function was reset just now: its mailboxes are left alone for {SettlingTime.Length.TotalSeconds:0} s, until it is ready again.");
        }

        bool done = !kernel.DrivesAtEnumeration || (kernel.ShowsFeatures && function.Features is not null);
        return function.Settling && !done
            ? new("kernel", $"The function appeared or was powered up just now: the kernel may be at its mailboxes for up to {SettlingTime.Length.TotalSeconds:0} s.")
            : new(Broker, Quiet(function, kernel));
    }

    /// <summary>The facts of one mailbox under this decision.</summary>
    public MailboxFacts Describe(int offset, bool readable) => new()
    {
        Offset = offset,
        Owner = Owner,
        OwnerReason = Reason,
        State = !readable ? "unreadable" : Owner is Broker ? "free" : "observed",
        DiscoveryNote = Owner is Broker ? "Discovery has not run yet." : $"Discovery has not run, for it writes to the mailbox. {Reason}",
    };

    /// <summary>The facts of a mailbox found by the walk.</summary>
    public MailboxFacts Describe(Capability mailbox, ConfigImage image) => Describe(
        mailbox.Offset, image.TryRead32(mailbox.Offset + DoeRegisters.Status, out uint status) && status is not uint.MaxValue);

    /// <summary>Whether a mailbox of the function may speak one of these: the kernel's list is of all its mailboxes together.</summary>
    private static bool MaySpeak(OwnershipSight function, params string[] features) =>
        function.Features is null || function.Features.Any(known => features.Contains(known, StringComparer.OrdinalIgnoreCase));

    private static bool GivesAway(string driver) =>
        driver.Contains("vfio", StringComparison.Ordinal) || VirtualMachineDrivers.Contains(driver, StringComparer.Ordinal);

    private static string Quiet(OwnershipSight function, KernelSight kernel)
    {
        if (function.CxlPort is { } port && kernel.Doe is not false)
        {
            return $"The driver cxl_port read the switch's tables through it when it took {port}, and leaves it alone until it takes {port} anew.";
        }

        string driver = function.Driver is null ? "No driver is bound" : $"The driver {function.Driver} does not use it";
        if (kernel.Doe is false)
        {
            return $"{driver}, and this kernel is built without CONFIG_PCI_DOE.";
        }

        if (!kernel.DrivesAtEnumeration)
        {
            return $"{driver}, and Linux {kernel.Version} leaves mailboxes to drivers.";
        }

        return kernel.ShowsFeatures && function.Features is null
            ? $"{driver}. The kernel shows no doe_features here: it could not start this mailbox at enumeration."
            : $"{driver}; the kernel drove it at enumeration only.";
    }
}
