namespace Fleet.Contracts;

/// <summary>A check of evidence.</summary>
/// <param name="Name">Which ("nonce", "chain", "measurements").</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Seen">What was seen, one sentence.</param>
public sealed record AttestationCheck(string Name, AttestationOutcome Outcome, string Seen);
