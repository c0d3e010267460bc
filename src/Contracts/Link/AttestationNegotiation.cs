namespace Fleet.Contracts;

/// <summary>The exact requests that negotiate one SPDM version.</summary>
/// <param name="Version">The version as its byte on the wire: 16 is 1.0, 20 is 1.4.</param>
/// <param name="Capabilities">GET_CAPABILITIES, base64.</param>
/// <param name="Algorithms">NEGOTIATE_ALGORITHMS, base64.</param>
public sealed record AttestationNegotiation(int Version, string Capabilities, string Algorithms);
