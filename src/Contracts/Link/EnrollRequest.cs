namespace Fleet.Contracts;

/// <summary>A host that wants to join.</summary>
/// <param name="Token">The join token's secret part.</param>
/// <param name="CertificateRequest">PKCS#10 request, base64 of DER; the server takes the key from it and nothing else.</param>
/// <param name="HostName">The host's name.</param>
/// <param name="MachineId">The host's machine id.</param>
/// <param name="Simulated">True for a host of fleet-sim.</param>
/// <param name="Previous">Proof that it is a host that joined before and wants to stay it; null for a new host.</param>
public sealed record EnrollRequest(string Token, string CertificateRequest, string HostName, string MachineId, bool Simulated, EnrolledBefore? Previous = null);
