namespace Fleet.Contracts;

/// <summary>The certificates of one host's agent that are on record: until 90 days after they expired.</summary>
/// <param name="Renewals">How often it was renewed, by those.</param>
/// <param name="Certificates">The last of them, newest first, at most 16.</param>
public sealed record HostCertificates(int Renewals, IReadOnlyList<CertificateView> Certificates);
