namespace Fleet.Spdm.Appraisal;

/// <summary>A check with its outcome and, in one sentence, what was seen.</summary>
public sealed record CheckResult(AppraisalCheck Check, CheckOutcome Outcome, string Seen);
