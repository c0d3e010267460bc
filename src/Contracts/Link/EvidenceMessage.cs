namespace Fleet.Contracts;

/// <summary>A message as it crossed the transport.</summary>
/// <param name="Direction">Which way it went.</param>
/// <param name="Secured">Whether it was a record of a session.</param>
/// <param name="Bytes">All of it, padding included, base64.</param>
/// <param name="AtMicroseconds">Since the run began.</param>
public sealed record EvidenceMessage(EvidenceDirection Direction, bool Secured, string Bytes, long AtMicroseconds);
