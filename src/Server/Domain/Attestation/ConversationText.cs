using System.Globalization;
using Fleet.Contracts;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Messages;

namespace Fleet.Server.Domain.Attestation;

/// <summary>What was negotiated, measured and checked, in words.</summary>
internal static class ConversationText
{
    // By DMTFSpecMeasurementValueType without its raw bit (DSP0274).
    private static readonly string[] Types =
    [
        "immutable-rom", "mutable-firmware", "hardware-configuration", "firmware-configuration", "manifest", "device-mode", "firmware-version", "secure-version",
        "hash-extend", "informational", "structured-manifest",
    ];

    public static string Of(SpdmVersion version) => $"1.{(byte)version & 0xF}";

    public static string Of(Negotiated negotiated) =>
        $"{SpdmAlgorithms.SignatureName(negotiated.Selection.BaseAsym)} with {SpdmAlgorithms.DigestName(negotiated.Selection.BaseHash)}";

    public static string Name(AppraisalCheck check) => check is AppraisalCheck.DeviceMode ? "device-mode" : check.ToString().ToLowerInvariant();

    public static AttestationCheck Of(CheckResult check) => new(Name(check.Check), Of(check.Outcome), check.Seen);

    public static AttestationState Of(AppraisalVerdict verdict) => verdict switch
    {
        AppraisalVerdict.Trusted => AttestationState.Trusted,
        AppraisalVerdict.Failed => AttestationState.Failed,
        _ => AttestationState.Unknown,
    };

    /// <summary>The check that a verdict rests on: the first that failed, else the first that is unproven.</summary>
    public static CheckResult? Decisive(AppraisalResult result) =>
        result.Checks.FirstOrDefault(check => check.Outcome is CheckOutcome.Fail) ?? result.Checks.FirstOrDefault(check => check.Outcome is CheckOutcome.Unproven);

    public static MeasurementView Of(MeasurementBlock block, IReadOnlyList<ReferenceRule> rules, Func<ReferenceRule, bool> holds)
    {
        ReferenceRule? rule = rules.FirstOrDefault(candidate => candidate.Index == block.Index);
        return new(block.Index, Type(block.Type & 0x7F), block.IsRaw, Convert.ToHexStringLower(block.Value.Span), rule is null ? null : Expected(rule), rule is null ? null : holds(rule));
    }

    private static AttestationOutcome Of(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Pass => AttestationOutcome.Pass,
        CheckOutcome.Fail => AttestationOutcome.Fail,
        CheckOutcome.NotApplicable => AttestationOutcome.NotApplicable,
        _ => AttestationOutcome.Unproven,
    };

    public static string Expected(ReferenceRule rule) => rule.Kind switch
    {
        ReferenceKind.SvnMin => string.Create(CultureInfo.InvariantCulture, $"at least {rule.Minimum}"),
        ReferenceKind.Ignore => "any value",
        ReferenceKind.Mask => $"{Convert.ToHexStringLower(rule.Values[0].Span)} under mask {Convert.ToHexStringLower(rule.Mask.Span)}",
        _ => string.Join(" or ", rule.Values.Select(value => Convert.ToHexStringLower(value.Span))),
    };

    /// <summary>The type byte of a measurement that was shown, its raw bit included.</summary>
    public static byte TypeCode(MeasurementView measurement)
    {
        int known = Array.IndexOf(Types, measurement.Type);
        int type = known >= 0 ? known : int.Parse(measurement.Type.AsSpan("type-".Length), CultureInfo.InvariantCulture);
        return (byte)(type | (measurement.Raw ? 0x80 : 0));
    }

    private static string Type(int type) => type < Types.Length ? Types[type] : string.Create(CultureInfo.InvariantCulture, $"type-{type}");
}
