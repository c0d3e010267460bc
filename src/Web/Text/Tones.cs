using Fleet.Contracts;

namespace Fleet.Web.Text;

/// <summary>The one table of states. What this build does not know is shown as unknown, never as good.</summary>
public static class Tones
{
    public static Tone Host(string state) => state switch
    {
        "live" => new Tone("Live", "ok", "ok"),
        "stale" => new Tone("Stale", "stale", "unknown"),
        "silent" => new Tone("Silent", "stale", "unknown"),
        "evicted" => new Tone("Evicted", "minus", "warn"),
        "banned" => new Tone("Banned", "lock", "bad"),
        _ => new Tone(state, "unknown", "unknown"),
    };

    public static Tone Of(Decision decision) => decision switch
    {
        Decision.Allow => new Tone("allowed", "ok", ""),
        Decision.Refuse => new Tone("refused", "bad", "bad"),
        Decision.WouldRefuse => new Tone("would refuse", "shadow", "shadow"),
        Decision.ReadOnly => new Tone("read only", "lock", "virtual"),
        Decision.Wait => new Tone("waited", "clock", "warn"),
        Decision.Ones => new Tone("got ones", "minus", "virtual"),
        Decision.Cached => new Tone("from cache", "clock", "virtual"),
        Decision.Virtualise => new Tone("virtual", "lock", "virtual"),
        _ => new Tone("unknown", "unknown", "unknown"),
    };

    public static Tone Of(EnforcementMode mode) => mode switch
    {
        EnforcementMode.Enforce => new Tone("enforce", "lock", ""),
        EnforcementMode.Shadow => new Tone("shadow", "shadow", "shadow"),
        EnforcementMode.Observe => new Tone("observe", "search", ""),
        _ => new Tone("unknown", "unknown", "unknown"),
    };

    public static Tone Of(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Running => new Tone("Running", "play", "accent"),
        RolloutPhase.Paused => new Tone("Paused", "pause", "warn"),
        RolloutPhase.Done => new Tone("Done", "ok", "ok"),
        RolloutPhase.Aborted => new Tone("Aborted", "bad", "bad"),
        RolloutPhase.Superseded => new Tone("Superseded", "minus", "unknown"),
        _ => new Tone("Unknown", "unknown", "unknown"),
    };

    public static Tone Wave(string state) => state switch
    {
        "done" => new Tone("Passed", "ok", "ok"),
        "baking" => new Tone("Baking", "clock", "accent"),
        "running" => new Tone("Running", "play", "accent"),
        "pending" => new Tone("Not started", "minus", "unknown"),
        _ => new Tone(state, "unknown", "unknown"),
    };

    /// <summary>A wave of a rollout: one that was aborted or superseded moves no more.</summary>
    public static Tone Wave(string state, RolloutPhase phase) => (state, phase) switch
    {
        ("running" or "baking", RolloutPhase.Aborted or RolloutPhase.Superseded) => new Tone("Stopped", "minus", "unknown"),
        _ => Wave(state),
    };

    public static Tone Target(string state) => state switch
    {
        "applied" => new Tone("Applied", "ok", "ok"),
        "assigned" => new Tone("Assigned", "play", "accent"),
        "failed" => new Tone("Failed", "bad", "bad"),
        "silent" => new Tone("Silent", "stale", "unknown"),
        "pending" => new Tone("Pending", "minus", "unknown"),
        "out" => new Tone("Counted out", "x", "unknown"),
        _ => new Tone(state, "unknown", "unknown"),
    };

    public static Tone Mailbox(string state) => state switch
    {
        "free" => new Tone("free", "ok", "ok"),
        "busy" => new Tone("busy", "clock", "accent"),
        "quarantined" => new Tone("quarantined", "warn", "warn"),
        "observed" => new Tone("observed", "search", ""),
        _ => new Tone(state, "unknown", "unknown"),
    };

    public static Tone Of(AttestationState state) => state switch
    {
        AttestationState.Trusted => new Tone("Trusted", "ok", "ok"),
        AttestationState.Failed => new Tone("Failed", "bad", "bad"),
        AttestationState.Stale => new Tone("Stale", "stale", "unknown"),
        _ => new Tone("Unknown", "unknown", "unknown"),
    };

    public static Tone Of(AttestationOutcome outcome) => outcome switch
    {
        AttestationOutcome.Pass => new Tone("holds", "ok", "ok"),
        AttestationOutcome.Fail => new Tone("failed", "bad", "bad"),
        AttestationOutcome.Unproven => new Tone("unproven", "unknown", "unknown"),
        AttestationOutcome.NotApplicable => new Tone("does not apply", "minus", ""),
        _ => new Tone("unknown", "unknown", "unknown"),
    };

    public static Tone Severity(string severity) => severity switch
    {
        "bad" => new Tone("Bad", "bad", "bad"),
        "warn" => new Tone("Warning", "warn", "warn"),
        "shadow" => new Tone("Would refuse", "shadow", "shadow"),
        _ => new Tone("Unknown", "unknown", "unknown"),
    };

    /// <summary>The chip of an event that is no decision.</summary>
    public static Tone? Event(string kind) => kind switch
    {
        EventKinds.MailboxFault => new Tone("fault", "bad", "bad"),
        EventKinds.ClaimRefused or EventKinds.PolicyRejected or EventKinds.PolicyKeyRefused => new Tone("refused", "bad", "bad"),
        EventKinds.ClaimGranted => new Tone("granted", "lock", ""),
        EventKinds.ClaimReleased => new Tone("released", "minus", ""),
        EventKinds.ClaimExpired => new Tone("expired", "clock", ""),
        EventKinds.LeaseGranted => new Tone("leased", "warn", "warn"),
        EventKinds.LeaseEnded => new Tone("lease over", "clock", ""),
        EventKinds.HoldGranted => new Tone("held", "lock", ""),
        EventKinds.HoldEnded => new Tone("hold ended", "minus", ""),
        EventKinds.HoldRevoked => new Tone("hold revoked", "warn", "warn"),
        EventKinds.ContentionExchange => new Tone("waited", "clock", "warn"),
        EventKinds.ContentionBypass => new Tone("went around", "warn", "warn"),
        EventKinds.PolicyApplied => new Tone("applied", "ok", "ok"),
        EventKinds.AttestationFailed => new Tone("failed", "bad", "bad"),
        EventKinds.AttestationVerdict => new Tone("verdict", "attestation", ""),
        EventKinds.AgentLoss => new Tone("lost", "warn", "warn"),
        _ => null,
    };
}
