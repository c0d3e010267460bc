using System.Collections.Frozen;

namespace Fleet.Simulator.Hardware.Faults;

/// <summary>Every fault there is: what the device does, what the agent makes of it, and the quirks it consists of.</summary>
internal static class FaultCatalog
{
    private static readonly TimeSpan SlowAbort = TimeSpan.FromMilliseconds(900);
    private const uint AsyncMessageStatus = 1u << 3;

    private static readonly (MailboxFault Fault, string Device, string Agent, MailboxQuirks Quirks)[] Mailbox =
    [
        (MailboxFault.BusyForever, "Busy is set and stays.", "Waits a second, writes nothing, says busy at entry.", new() { Busy = true }),
        (MailboxFault.NeverAnswers, "Takes objects and never answers.", "Times out after a second and aborts.", new() { Silent = true }),
        (MailboxFault.SilentDiscard, "Loses the last dword of each object, finds that its length is wrong, and drops it without a sign.",
            "Times out after a second and aborts.", new() { LosesDword = true }),
        (MailboxFault.StrayDword, "A dword that nobody sent lies in the write mailbox, as after a careless setpci.",
            "Times out once and aborts; the next exchange is well.", new() { Stray = true }),
        (MailboxFault.LatchedError, "Error is set from before, until an abort.", "Aborts once at entry; the exchange is well.",
            new() { ErrorAtFirst = true }),
        (MailboxFault.AlwaysError, "Every object sets Error.", "Reports the error and aborts.", new() { ErrorOnGo = true }),
        (MailboxFault.SlowAbort, "Never answers, and an abort takes 0.9 s.", "Times out, waits for the abort; the mailbox stays usable.",
            new() { Silent = true, AbortTime = SlowAbort }),
        (MailboxFault.AbortNeverCompletes, "Never answers, and an abort never completes.", "Times out and quarantines the mailbox.",
            new() { Silent = true, AbortTime = Timeout.InfiniteTimeSpan }),
        (MailboxFault.Underflow, "Data Object Ready falls in the middle of a response.", "Reports a response that ended early; passes none of it on.",
            new() { ReadyDropsAfter = 2 }),
        (MailboxFault.ForeignResponse, "Answers with an object of another feature.", "Reports a foreign response; passes none of it on.",
            new() { OtherFeature = true }),
        (MailboxFault.StaleResponse, "Answers each request with the response to the one before, of the same feature.",
            "Cannot tell from the object alone; flags it when a sensor saw who interfered.", new() { OneBehind = true }),
        (MailboxFault.Gone, "The function reads all ones after the first object.", "Reports it as gone; does not abort.",
            new() { VanishesAfter = 0 }),
        (MailboxFault.GoneMidTransfer, "The function reads all ones from the middle of a response on.", "Reports it as gone; passes nothing on.",
            new() { VanishesAfter = 2 }),
        (MailboxFault.UnplugMidExchange, "The function is pulled out in the middle of a response, until it is plugged in again.",
            "Reports it as gone, and takes it out of the inventory.", new() { UnpluggedAfter = 2 }),
        (MailboxFault.RevisionTwoBits, "Status shows every bit of revision 2.", "Takes no notice: it looks at its own bits only.",
            new() { Status = AsyncMessageStatus }),
        (MailboxFault.WideDiscovery, "Discovery answers with two dwords, as revision 2 allows.", "Reads the first one.", new() { WideDiscovery = true }),
        (MailboxFault.DiscoveryLoop, "Discovery leads back to an index that was already named.", "Stops there, keeps the features, notes the loop.",
            new() { DiscoveryLoops = true }),
    ];

    private static readonly (ConfigFault Fault, string Device, string Agent)[] Configuration =
    [
        (ConfigFault.Loop, "The first capability of each list leads back to itself.", "Finding: leads back. Keeps what it has."),
        (ConfigFault.Truncated, "The extended list leads to where nothing answers.", "Finding: later capabilities are unknown, not none."),
        (ConfigFault.Broken, "The pointers of both lists lead into the header.", "Finding: leads out of its space. Follows neither."),
        (ConfigFault.Misaligned, "The pointers of both lists have their low bits set.", "Finding: low bits ignored. Reads all."),
        (ConfigFault.NoCapability, "The second conventional capability has id ff.", "Finding: no capability. Stops there."),
        (ConfigFault.NullId, "The first extended capability has id 0.", "Finding: hidden on purpose. Reads on."),
        (ConfigFault.Overlap, "The second extended capability begins inside the first.", "Finding: begins inside."),
        (ConfigFault.PastEnd, "A DOE header stands in the last dword of the space.", "Finding: cut; not a mailbox to use."),
        (ConfigFault.BadLength, "The first extended capability is vendor-specific and states a length of 2.", "Finding: states 2 bytes."),
        (ConfigFault.StartUnreadable, "The first extended header reads all ones.", "Finding: extended capabilities are unknown."),
        (ConfigFault.Alias, "Extended space repeats the conventional one.", "Finding: an alias. Reads no extended capability from it."),
        (ConfigFault.UnknownHeader, "The header type is 5.", "Finding: unknown header type."),
        (ConfigFault.TooMany, "The extended list has 600 entries.", "Finding: too many. Stops after 480."),
        (ConfigFault.AllOnes, "The function is asleep: everything reads all ones.", "Finding: absent, asleep or in reset. Capabilities unknown."),
        (ConfigFault.AllZero, "Everything reads zero.", "No capability list."),
        (ConfigFault.Conventional, "The function has 256 bytes.", "Reads the conventional list alone."),
    ];

    private static readonly FrozenDictionary<MailboxFault, MailboxQuirks> Quirks =
        Mailbox.Select(m => (m.Fault, m.Quirks)).Append((MailboxFault.None, MailboxQuirks.None)).ToFrozenDictionary(p => p.Item1, p => p.Item2);

    public static IReadOnlyList<FaultEntry> All { get; } =
    [
        .. Mailbox.Select(m => new FaultEntry(EnumNames.NameOf(m.Fault), "mailbox", m.Device, m.Agent)),
        .. Configuration.Select(c => new FaultEntry(EnumNames.NameOf(c.Fault), "configuration", c.Device, c.Agent)),
    ];

    public static MailboxQuirks Of(MailboxFault fault) => Quirks[fault];

    /// <summary>Finds a fault by its name; dashes and case do not matter. "none" is one of each.</summary>
    public static bool TryFind(string name, out MailboxFault mailbox, out ConfigFault configuration)
    {
        configuration = ConfigFault.None;
        return EnumNames.TryParse(name, out mailbox) || EnumNames.TryParse(name, out configuration);
    }
}
