using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>A report that the server has not acknowledged.</summary>
/// <param name="Job">The job that it answers.</param>
/// <param name="Bytes">Its bytes on disk, or in memory.</param>
/// <param name="Held">The report, where it is in memory alone; null where a file has it.</param>
internal sealed record WaitingReport(string Job, long Bytes, EvidenceReport? Held = null);
