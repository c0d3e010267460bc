using System.Collections.Immutable;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Appraisal;

/// <summary>A verdict with the checks that make it, and what a later run needs to know.</summary>
public sealed record AppraisalResult
{
    /// <summary>Failed where a check failed, unknown where one is unproven, else trusted.</summary>
    public required AppraisalVerdict Verdict { get; init; }

    /// <summary>Every check, in order.</summary>
    public required ImmutableArray<CheckResult> Checks { get; init; }

    /// <summary>SHA-256 over the messages in wire order, each with its direction and length.</summary>
    public required ReadOnlyMemory<byte> EvidenceHash { get; init; }

    /// <summary>SHA-256 of the hardware identity certificate; empty where no chain was verified.</summary>
    public ReadOnlyMemory<byte> DeviceKey { get; init; }

    /// <summary>The measurements that were signed; empty where none were.</summary>
    public ImmutableArray<MeasurementBlock> Blocks { get; init; } = [];

    /// <summary>What was negotiated.</summary>
    public Negotiated? Negotiated { get; init; }

    /// <summary>The slots that DIGESTS listed; null where it is not part of the evidence.</summary>
    public byte? ProvisionedSlots { get; init; }

    /// <summary>The name in the certificate by PCIe CMA; null where it has none.</summary>
    public string? CmaName { get; init; }

    /// <summary>The name in the certificate by DSP0274 (manufacturer:product:serial); null where it has none.</summary>
    public string? DeviceName { get; init; }

    /// <summary>The outcome of one check.</summary>
    public CheckResult this[AppraisalCheck check] => Checks[(int)check];
}
