namespace Fleet.Agent.Attestation;

/// <summary>A message as it crossed the transport, with when it did; only its bytes count as evidence.</summary>
/// <param name="IsRequest">Whether it went to the responder.</param>
/// <param name="Bytes">All of it, padding included.</param>
/// <param name="Secured">Whether it was a message of a session.</param>
/// <param name="At">Since the run began.</param>
internal sealed record RunMessage(bool IsRequest, ReadOnlyMemory<byte> Bytes, bool Secured, TimeSpan At);
