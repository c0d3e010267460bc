using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Attestation;

/// <summary>An attestation that somebody wants of a function of this host.</summary>
/// <param name="Plan">What may be said.</param>
/// <param name="Function">The function.</param>
/// <param name="Caller">Whose conversation it is.</param>
/// <param name="Reason">Why, for whoever meets the hold.</param>
/// <param name="Limit">How long it may take with all waiting; infinite for no limit but the plan's and the hold's.</param>
internal sealed record AttestationRequest(AttestationPlan Plan, PciAddress Function, Caller Caller, string Reason, TimeSpan Limit)
{
    /// <summary>Offset of the mailbox; null for the one that speaks SPDM.</summary>
    public int? Mailbox { get; init; }
}
