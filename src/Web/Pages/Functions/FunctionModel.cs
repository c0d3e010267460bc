using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions;

/// <summary>What one read of a function's page brings.</summary>
/// <param name="Detail">The function.</param>
/// <param name="Events">What happened to it last.</param>
/// <param name="Standing">Where it stands by attestation; null where it has no SPDM mailbox.</param>
/// <param name="History">Its last attestations.</param>
public sealed record FunctionModel(FunctionDetail Detail, Page<FleetEvent> Events, AttestationView? Standing, IReadOnlyList<AttestationDetail> History);
