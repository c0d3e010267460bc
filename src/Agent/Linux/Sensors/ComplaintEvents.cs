using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>Puts what the kernel complained of into an operator's words.</summary>
internal static class ComplaintEvents
{
    /// <summary>The event's kind and sentence; null for what is told otherwise.</summary>
    public static (string Kind, string Detail)? Describe(PciAddress? function, KernelComplaint complaint)
    {
        string mailbox = string.Create(CultureInfo.InvariantCulture, $"the mailbox at 0x{complaint.Offset ?? 0:x3} of {function?.ToString() ?? "a function"}");
        return complaint.Kind switch
        {
            KernelComplaintKind.MailboxBusy => (EventKinds.MailboxFault,
                $"The kernel found {mailbox} busy with somebody else's request. See who touches it with 'fleet-agent who', and let one side only drive it."),
            KernelComplaintKind.ForeignResponse => (EventKinds.MailboxFault,
                $"The kernel got a response from {mailbox} that it had not asked for ({complaint.Detail}): somebody else drives it too."),
            KernelComplaintKind.AbortTimedOut => (EventKinds.MailboxFault, $"The kernel's abort of {mailbox} did not complete within a second."),
            KernelComplaintKind.MailboxDead => (EventKinds.MailboxState,
                $"The kernel gave up {mailbox}; it uses it again only after the function was removed and the bus rescanned."),
            KernelComplaintKind.ResetFailed or KernelComplaintKind.DiscoveryFailed or KernelComplaintKind.NoMailbox => (EventKinds.MailboxState,
                $"The kernel could not start {mailbox} ({complaint.Detail})."),
            KernelComplaintKind.LockedDown => (EventKinds.HostState,
                $"{complaint.Comm} tried to write configuration space and the kernel's lockdown refused it; many tools report success all the same."),
            _ => null,
        };
    }
}
