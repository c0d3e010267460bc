using Fleet.Contracts;

namespace Fleet.Web.Pages.Attestation;

/// <summary>What one read of a verdict's page brings.</summary>
/// <param name="Detail">The attestation.</param>
/// <param name="Standing">Where its function stands now; null where it is known no more.</param>
/// <param name="Report">Its evidence; null where none came or it cannot be read.</param>
public sealed record VerdictModel(AttestationDetail Detail, AttestationView? Standing, EvidenceReport? Report);
