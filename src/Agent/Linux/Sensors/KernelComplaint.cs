using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>What the kernel complains of that matters here, from the text of a log message.</summary>
/// <param name="Kind">Of what.</param>
/// <param name="Offset">The mailbox's or the write's offset; null when it names none.</param>
/// <param name="Comm">The process it names; null when it names none.</param>
/// <param name="Detail">What else it says.</param>
internal readonly partial record struct KernelComplaint(KernelComplaintKind Kind, int? Offset, string? Comm, string Detail)
{
    private const int Space = 4096;

    private static readonly (string Begins, KernelComplaintKind Kind)[] OfMailboxes =
    [
        ("busy detected; another entity is sending conflicting requests", KernelComplaintKind.MailboxBusy),
        ("expected [VID, ", KernelComplaintKind.ForeignResponse),
        ("ABORT timed out", KernelComplaintKind.AbortTimedOut),
        ("Abort failed marking mailbox dead", KernelComplaintKind.MailboxDead),
        ("failed to reset mailbox with abort command", KernelComplaintKind.ResetFailed),
        ("failed to cache features", KernelComplaintKind.DiscoveryFailed),
        ("failed to cache protocols", KernelComplaintKind.DiscoveryFailed),
        ("failed to create mailbox", KernelComplaintKind.NoMailbox),
    ];

    /// <summary>Reads a message of the kernel; false when it is about something else.</summary>
    public static bool TryRead(string text, out KernelComplaint complaint)
    {
        complaint = default;
        if (Mailbox().Match(text) is { Success: true } mailbox)
        {
            string said = mailbox.Groups["said"].Value;
            KernelComplaintKind kind = OfMailboxes.FirstOrDefault(known => said.StartsWith(known.Begins, StringComparison.Ordinal)).Kind;
            complaint = new KernelComplaint(kind, Number(mailbox.Groups["offset"].Value), null, said);
            return kind is not KernelComplaintKind.None;
        }

        // The process's name comes first and may hold anything: the words behind it are looked for from behind.
        if (ExclusiveWrite().Match(text) is { Success: true } write)
        {
            complaint = new KernelComplaint(KernelComplaintKind.ExclusiveWrite, Number(write.Groups["offset"].Value), write.Groups["comm"].Value, "");
            return true;
        }

        if (LockedDown().Match(text) is { Success: true } locked)
        {
            complaint = new KernelComplaint(KernelComplaintKind.LockedDown, null, locked.Groups["comm"].Value, "");
            return true;
        }

        return false;
    }

    private static int? Number(string hex) =>
        int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && value is >= 0 and < Space ? value : null;

    // Each looks back at most 64 letters from where it began, so none needs a limit of time, which a busy machine would pass.
    [GeneratedRegex(@"DOE: \[(?<offset>[0-9a-f]{1,3})\] (?<said>[^\n]{1,200})", RegexOptions.CultureInvariant)]
    private static partial Regex Mailbox();

    [GeneratedRegex(@"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]: (?<comm>.{0,64}): Unexpected write to kernel-exclusive config offset (?<offset>[0-9a-f]{1,4})$", RegexOptions.CultureInvariant)]
    private static partial Regex ExclusiveWrite();

    [GeneratedRegex(@"^Lockdown: (?<comm>.{0,64}): direct PCI access is restricted", RegexOptions.CultureInvariant)]
    private static partial Regex LockedDown();
}
