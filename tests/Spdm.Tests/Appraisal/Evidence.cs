using Fleet.Simulator.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Tests.Appraisal;

/// <summary>Evidence of a good device with a policy that trusts it; a test changes one thing.</summary>
internal static class Evidence
{
    /// <summary>A standard attestation of slot 0, in one version.</summary>
    public static AppraisalRequest Of(SpdmVersion version = SpdmVersion.V13, params ResponderFault[] faults) =>
        Of(AttestationPlan.Standard(Dialogue.Nonces(), 0, version), Dialogue.Options(0x10, faults));

    public static AppraisalRequest Of(AttestationPlan plan, ResponderOptions options)
    {
        AppraisalPolicy policy = new() { Anchors = [options.Credentials[0].Root] };
        DeviceHistory history = new() { CmaName = Dialogue.Names.Cma };
        AppraisalRequest good = new(Dialogue.Run(plan, options with { Faults = new HashSet<ResponderFault>() }).Messages, plan, policy, history, NonceState.Fresh, Dialogue.Now);
        AppraisalResult recorded = Appraise(good);
        return good with
        {
            Messages = options.Faults.Count == 0 ? good.Messages : Dialogue.Run(plan, options).Messages,
            Policy = policy with { References = Baseline.Of(recorded.Blocks) },
            History = history with { Pin = recorded.DeviceKey, Slots = 3, SignedBefore = true },
        };
    }

    public static AppraisalResult Appraise(AppraisalRequest request) => Appraiser.Appraise(request, new ChainVerifier());

    /// <summary>That this check, and no verdict of trust, is what came of it.</summary>
    public static CheckResult Refused(AppraisalRequest request, AppraisalCheck check)
    {
        AppraisalResult result = Appraise(request);
        Assert.Equal(AppraisalVerdict.Failed, result.Verdict);
        Assert.Equal(CheckOutcome.Fail, result[check].Outcome);
        return result[check];
    }

    /// <summary>That the verdict is unknown for this check's sake.</summary>
    public static CheckResult Unproven(AppraisalRequest request, AppraisalCheck check)
    {
        AppraisalResult result = Appraise(request);
        Assert.True(result.Verdict == AppraisalVerdict.Unknown, string.Join('\n', result.Checks));
        Assert.Equal(CheckOutcome.Unproven, result[check].Outcome);
        return result[check];
    }
}
