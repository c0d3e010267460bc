using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Faults;

namespace Fleet.Simulator.Spdm;

/// <summary>Every fault of a responder: what the device does, and what an attestation makes of it. On the command line their names begin with "spdm-".</summary>
internal static class SpdmFaultCatalog
{
    private const string Prefix = "spdm-";

    private static readonly (ResponderFault Fault, string Device, string Agent)[] Faults =
    [
        (ResponderFault.Busy, "The first of each kind of request is answered Busy.", "Sends the same bytes again; trusted."),
        (ResponderFault.BusyForever, "Everything after the negotiation is answered Busy: a storm without end.", "Gives up within the plan's budget; unknown (waiting)."),
        (ResponderFault.NotReady, "The first of each kind of request is answered ResponseNotReady.", "Asks again when told to; trusted."),
        (ResponderFault.Resynch, "The first request after the negotiation is answered RequestResynch, once.", "Begins anew, once; trusted."),
        (ResponderFault.Tampered, "The mutable firmware is not what it was.", "Failed (measurements), with the block."),
        (ResponderFault.SvnRollback, "The secure version number is one less than it was.", "Failed (measurements; rollback where it was seen higher)."),
        (ResponderFault.Debug, "Invasive debugging is active.", "Failed (device-mode)."),
        (ResponderFault.ContentChanged, "Says that measurements changed since they were taken.", "Failed (freshness)."),
        (ResponderFault.WrongSummary, "The summary in CHALLENGE_AUTH is of other measurements than those given.", "Failed (freshness)."),
        (ResponderFault.StaleNonce, "Signs for another nonce than the one sent: a replay.", "Failed (transcript)."),
        (ResponderFault.BadSignature, "Signatures are spoilt in one bit.", "Failed (transcript)."),
        (ResponderFault.ForeignKey, "The key that signs is not the one certified.", "Failed (transcript)."),
        (ResponderFault.SwappedSlot, "Answers say another slot than was asked.", "Failed (lengths): no answer to what was asked."),
        (ResponderFault.WrongVersion, "CAPABILITIES come in another version than was asked.", "Failed (version or lengths)."),
        (ResponderFault.ForeignAlgorithm, "Selects an algorithm that was not offered.", "Failed (algorithms)."),
        (ResponderFault.Unsigned, "Measures without signing.", "Failed (capabilities) where it signed before, else unknown."),
        (ResponderFault.TruncatedChain, "The chain ends in the middle of its last certificate.", "Failed (chain)."),
        (ResponderFault.EndlessPortions, "Portions of the chain go on without end.", "Stops within its bounds; failed (lengths)."),
        (ResponderFault.EmptyPortions, "Portions of the chain are empty.", "Stops at the first; failed (lengths)."),
        (ResponderFault.ChunkHandle, "A large response changes its handle on the way.", "Only where chunks were negotiated: failed (lengths)."),
        (ResponderFault.ResponseTooLarge, "Every answer after the negotiation is refused as too large.", "Unknown (errors)."),
    ];

    public static IReadOnlyList<FaultEntry> All { get; } = [.. Faults.Select(entry => new FaultEntry(NameOf(entry.Fault), "spdm", entry.Device, entry.Agent))];

    public static string NameOf(ResponderFault fault) => Prefix + EnumNames.NameOf(fault);

    /// <summary>Finds a fault by its name with the prefix; dashes and case do not matter behind it.</summary>
    public static bool TryFind(string name, out ResponderFault fault)
    {
        fault = ResponderFault.None;
        return name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && EnumNames.TryParse(name[Prefix.Length..], out fault) && fault != ResponderFault.None;
    }
}
