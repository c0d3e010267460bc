using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Linux;

/// <summary>
/// Who may drive the mailboxes of a function, decided from what the kernel shows without touching the device. A
/// mailbox that the kernel, a TSM or a virtual machine owns is never driven by the broker.
/// </summary>
internal sealed record MailboxOwnership(string Owner, string Reason)
{
    private const string CxlDriver = "cxl_pci";
    private const string VfioPrefix = "vfio";

    /// <summary>Decides from the function's directory; the first rule that applies is the answer.</summary>
    /// <param name="directory">PCIROOT/devices/ADDRESS.</param>
    /// <param name="driver">The bound driver, if any.</param>
    /// <param name="lockdown">The kernel's lockdown level.</param>
    public static MailboxOwnership Decide(string directory, string? driver, string lockdown)
    {
        string? connected = SmallFile.TryRead($"{directory}/tsm/connect");
        bool hasTsm = Directory.Exists($"{directory}/tsm");
        if (!string.IsNullOrEmpty(connected))
        {
            return new("tsm", $"The function is connected to the platform's security manager '{connected}' (tsm/connect).");
        }

        if (!hasTsm && File.Exists($"{directory}/authenticated"))
        {
            return new("kernel", "The kernel authenticates the device itself (its directory has 'authenticated').");
        }

        if (driver is CxlDriver)
        {
            return new("kernel", $"The driver {CxlDriver} reads the device's tables through its mailbox.");
        }

        if (driver is not null && driver.StartsWith(VfioPrefix, StringComparison.Ordinal))
        {
            return new("vm", $"The driver {driver} gives the device to a virtual machine or to a user-space driver.");
        }

        return lockdown is Lockdown.None or Lockdown.Unknown
            ? new("none", "This agent opens the functions of a real host read-only, so it drives no mailbox here.")
            : new("none", $"Kernel lockdown '{lockdown}' refuses config writes from user space, so nobody here can drive it.");
    }

    /// <summary>The facts of one mailbox under this decision.</summary>
    public MailboxFacts Describe(Capability mailbox, ConfigImage image)
    {
        bool readable = image.TryRead32(mailbox.Offset + DoeRegisters.Status, out uint status) && status is not uint.MaxValue;
        return new MailboxFacts
        {
            Offset = mailbox.Offset,
            Owner = Owner,
            OwnerReason = Reason,
            State = readable ? "observed" : "unreadable",
            DiscoveryNote = "Discovery has not run: it writes to the mailbox, and this agent opens the functions of a real host read-only.",
        };
    }
}
