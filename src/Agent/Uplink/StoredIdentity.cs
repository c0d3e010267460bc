using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>A host's whole identity in one file, so that it is replaced in one step.</summary>
/// <param name="Reply">What the server answered when the host joined, with the certificate of now.</param>
/// <param name="Key">The certificate's key, PEM of PKCS#8.</param>
/// <param name="Token">SHA-256 of the secret of the join token that admitted it; null when that was before it was kept.</param>
internal sealed record StoredIdentity(EnrollReply Reply, string Key, string? Token);
