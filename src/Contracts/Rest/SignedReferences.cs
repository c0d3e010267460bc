namespace Fleet.Contracts;

/// <summary>Reference values as a vendor or another operator hands them over: a document with a detached signature.</summary>
/// <param name="Document">Base64 of the document's exact bytes, at most 512 KiB of them; these are what is verified and what is read.</param>
/// <param name="Signature">Base64 of the signature over these bytes, at most 1 KiB: of ECDSA in DER, of RSA with PSS.</param>
/// <param name="Key">Name of the import key that must have made it; null for any.</param>
public sealed record SignedReferences(string Document, string Signature, string? Key = null);
