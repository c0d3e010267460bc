using System.Text.Json.Nodes;
using Fleet.Spdm.Appraisal;

namespace Fleet.Server.Domain.Attestation;

/// <summary>Reference values of a kind of device as operators write them (JSON). What is left out takes the stricter meaning.</summary>
internal sealed record ReferenceDocument
{
    /// <summary>One sentence about them.</summary>
    public string? Summary { get; init; }

    /// <summary>Which functions they are for.</summary>
    public required string Selector { get; init; }

    /// <summary>Of several that are for a function the highest counts, then the first by name.</summary>
    public int Priority { get; init; }

    public ValiditySpan? Validity { get; init; }

    public ScheduleTimes? Schedule { get; init; }

    public ProtocolFloors? Spdm { get; init; }

    /// <summary>Root certificates, each base64 of DER or PEM.</summary>
    public IReadOnlyList<string>? Anchors { get; init; }

    public IdentityRule? Identity { get; init; }

    public IReadOnlyList<MeasurementRule>? Measurements { get; init; }

    public UnknownIndex UnknownIndex { get; init; }

    public ModeRule? DeviceMode { get; init; }

    /// <summary>A place for notes and for members of other tools; nothing reads it.</summary>
    public JsonObject? Annotations { get; init; }

    internal sealed record ValiditySpan(DateTimeOffset? From = null, DateTimeOffset? Until = null);

    internal sealed record ScheduleTimes(TimeSpan? Every = null, TimeSpan? MaxAge = null);

    internal sealed record ProtocolFloors(
        string? MinVersion = null,
        IReadOnlyList<string>? Signatures = null,
        IReadOnlyList<string>? Hashes = null,
        bool RequireChallenge = false,
        bool RequireSignedMeasurements = true,
        bool RequireFresh = false);

    internal sealed record IdentityRule(bool FunctionNameRequired = true, CertificateModel Model = CertificateModel.Any);

    /// <summary>Values and mask are hexadecimal; types and indices are numbers of DSP0274.</summary>
    internal sealed record MeasurementRule(
        int Index, ReferenceKind Rule, int? Type = null, IReadOnlyList<string>? Values = null, string? Mask = null, ulong? Minimum = null, bool Required = true);

    internal sealed record ModeRule(bool RequireNormal = true, bool ForbidDebug = true);
}
