using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Attestation;

/// <summary>Attestations in words.</summary>
internal static class VerdictText
{
    public static string Phase(AttestationDetail detail) => detail.Phase switch
    {
        AttestationPhase.Open => "Under way",
        AttestationPhase.Unanswered => "Unanswered",
        AttestationPhase.Replanned => "Planned anew",
        AttestationPhase.Appraised or AttestationPhase.Late => Tones.Of(detail.Verdict).Word,
        _ => "Unknown",
    };

    public static string Trigger(string trigger) => trigger switch
    {
        "first-sight" => "first sight",
        "boot" => "the host booted",
        "inventory" => "the function or its driver changed",
        "reset" => "the function was reset",
        "request" => "somebody asked",
        "replan" => "the plan before did not fit the device",
        "release" => "release from quarantine",
        _ => trigger,
    };

    /// <summary>What a check asks, for people who have not read the specification.</summary>
    public static string Question(string check) => check switch
    {
        "plan" => "Did the agent ask exactly what it was told to?",
        "nonce" => "Was this made for us, now?",
        "transcript" => "Did the device sign what came?",
        "version" => "Was the protocol talked down?",
        "algorithms" => "Was the cryptography talked down?",
        "capabilities" => "Can the device still do what is required?",
        "chain" => "Does its certificate lead to an anchor?",
        "slots" => "Are all its certificate slots there?",
        "lengths" => "Is every length true?",
        "identity" => "Is it this device, here and nowhere else?",
        "freshness" => "Do challenge and measurements belong together?",
        "rollback" => "Did a secure version go back?",
        "bounds" => "Is the evidence of sane size?",
        "waiting" => "Did the device answer without endless delays?",
        "errors" => "Is no error hidden in it?",
        "measurements" => "Is what runs what the reference values allow?",
        "device-mode" => "Does it operate normally, without debugging?",
        _ => "",
    };

    /// <summary>"1 failed, 2 unproven, 14 hold".</summary>
    public static string Tally(IReadOnlyList<AttestationCheck> checks)
    {
        (AttestationOutcome Outcome, string Word)[] words =
        [
            (AttestationOutcome.Fail, "failed"), (AttestationOutcome.Unproven, "unproven"), (AttestationOutcome.Pass, "hold"), (AttestationOutcome.NotApplicable, "do not apply"),
        ];
        return string.Join(", ", words.Select(word => (Count: checks.Count(check => check.Outcome == word.Outcome), word.Word)).Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Word}"));
    }
}
