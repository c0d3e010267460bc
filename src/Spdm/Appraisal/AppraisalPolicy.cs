using System.Collections.Immutable;

namespace Fleet.Spdm.Appraisal;

/// <summary>What is required of a kind of device: protocol floors, anchors, reference values.</summary>
public sealed record AppraisalPolicy
{
    /// <summary>The least version taken.</summary>
    public SpdmVersion MinimumVersion { get; init; } = SpdmVersion.V10;

    /// <summary>BaseAsym bits taken: without RSA 2048 unless told otherwise.</summary>
    public uint Signatures { get; init; } = SpdmAlgorithms.Signatures & ~3u;

    /// <summary>BaseHash bits taken.</summary>
    public uint Hashes { get; init; } = SpdmAlgorithms.Hashes;

    /// <summary>Whether there must be a challenge.</summary>
    public bool RequireChallenge { get; init; }

    /// <summary>Whether measurements must be signed.</summary>
    public bool RequireSignedMeasurements { get; init; } = true;

    /// <summary>Whether measurements must be taken anew rather than at boot (MEAS_FRESH_CAP).</summary>
    public bool RequireFresh { get; init; }

    /// <summary>Root certificates that are trusted, in DER.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Anchors { get; init; } = [];

    /// <summary>Where the identity must be.</summary>
    public CertificateModel Model { get; init; }

    /// <summary>Whether the certificate must name the function; without it the identity is not bound to it, which is unproven.</summary>
    public bool RequireFunctionName { get; init; } = true;

    /// <summary>What the measurements must be; none means that nothing is known of them, which is unproven.</summary>
    public ImmutableArray<ReferenceRule> References { get; init; } = [];

    /// <summary>What measurements mean that no rule speaks of.</summary>
    public UnknownIndex UnknownIndex { get; init; }

    /// <summary>Whether a device mode, where one is given, must be normal operation.</summary>
    public bool RequireNormalMode { get; init; } = true;

    /// <summary>Whether debugging, active or past, is refused.</summary>
    public bool ForbidDebug { get; init; } = true;
}
