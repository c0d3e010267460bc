using Fleet.Spdm.Appraisal;

namespace Fleet.Server.Domain.Attestation;

/// <summary>What an appraisal of one attestation's evidence came to.</summary>
/// <param name="Attestation">The attestation.</param>
/// <param name="At">When its evidence came.</param>
/// <param name="Values">The reference values it was held against; null where none are for the function.</param>
/// <param name="Result">The appraisal.</param>
/// <param name="Nonces">What the store of nonces said.</param>
internal sealed record Judgement(string Attestation, DateTimeOffset At, ReferenceValues? Values, AppraisalResult Result, NonceState Nonces)
{
    /// <summary>Whether it tells nothing new of the device: nothing was signed, or too late, and nothing failed.</summary>
    public bool SaysNothing => Result.Verdict is AppraisalVerdict.Unknown && (Result.DeviceKey.IsEmpty || Nonces is NonceState.Expired);
}
