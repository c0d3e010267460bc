namespace Fleet.Contracts;

/// <summary>A host wants its next certificate.</summary>
/// <param name="CertificateRequest">PKCS#10 request with the host's next key, base64 of DER; the server takes the key from it and nothing else.</param>
public sealed record RenewRequest(string CertificateRequest);
