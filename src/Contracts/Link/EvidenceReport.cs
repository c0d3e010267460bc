using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>
/// What an attestation brought: every message, raw, in wire order. Only the messages' bytes, their order and their direction enter a verdict; all else is
/// shown as what the agent said. At most <see cref="LinkProtocol.MaxEvidenceBytes"/> and <see cref="LinkProtocol.MaxEvidenceMessages"/>.
/// </summary>
public sealed record EvidenceReport
{
    /// <summary>The job that it answers.</summary>
    public required string Job { get; init; }

    /// <summary>The function that was asked.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>Offset of the DOE capability that was used; null where none was.</summary>
    public int? Mailbox { get; init; }

    /// <summary>By which way the device was reached: "doe", or what a later version has.</summary>
    public required string Provider { get; init; }

    /// <summary>The messages in wire order; empty where none were sent.</summary>
    public required IReadOnlyList<EvidenceMessage> Messages { get; init; }

    /// <summary>Whether nobody else was seen on the mailbox meanwhile; null where the agent cannot say.</summary>
    public bool? Quiet { get; init; }

    /// <summary>How it ended.</summary>
    public required EvidenceEnd End { get; init; }

    /// <summary>What went wrong, one sentence; null where nothing did.</summary>
    public string? Detail { get; init; }

    /// <summary>When the run began, by the agent's clock.</summary>
    public required DateTimeOffset Started { get; init; }
}
