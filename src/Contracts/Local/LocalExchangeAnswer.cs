namespace Fleet.Contracts;

/// <summary>How an exchange ended.</summary>
/// <param name="Succeeded">True when Payload is the response.</param>
/// <param name="Failure">Why it failed; null when it succeeded.</param>
/// <param name="Payload">The response's payload, lower-case hexadecimal, padded to whole dwords; empty after a failure.</param>
/// <param name="Milliseconds">How long it had the mailbox.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record LocalExchangeAnswer(bool Succeeded, string? Failure, string Payload, double Milliseconds, string Detail);
