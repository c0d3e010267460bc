using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>
/// How much evidence may wait for the server. Up to here none is dropped; beyond, a job is refused before its device is asked. What is under way when the
/// bound is reached may go over it, by <see cref="AttestationJobs.MostJobs"/> reports at most.
/// </summary>
internal sealed record EvidenceBounds
{
    /// <summary>Most reports that wait, those under way included.</summary>
    public int MaxReports { get; init; } = 256;

    /// <summary>Most bytes of them.</summary>
    public long MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Room that is taken on the disk for a run before it begins. A conversation with classical keys has some 30 KiB; one that needs more than this and finds the disk
    /// full stays in memory until the server has it.
    /// </summary>
    public long Reserve { get; init; } = 256 * 1024;

    /// <summary>Most refusals that wait, in memory: they prove nothing, and the server shows a job without an answer as such.</summary>
    public int MaxRefusals { get; init; } = LinkProtocol.MaxBatch;
}
