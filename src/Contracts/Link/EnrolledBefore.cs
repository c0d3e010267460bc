using System.Security.Cryptography;
using System.Text;

namespace Fleet.Contracts;

/// <summary>A host that joins again shows that it is the one that joined before: its old key signs for the new one.</summary>
/// <param name="Host">Its identity so far.</param>
/// <param name="PublicKey">The old key's public half, base64 of SubjectPublicKeyInfo.</param>
/// <param name="Signature">Base64 of the old key's ECDSA/SHA-256 signature (IEEE P1363) over <see cref="SignedBytes"/>.</param>
public sealed record EnrolledBefore(HostId Host, string PublicKey, string Signature)
{
    /// <summary>What the old key signs: the host and the whole request for the new certificate, so that the signature serves no other key.</summary>
    public static byte[] SignedBytes(HostId host, ReadOnlySpan<byte> certificateRequest) =>
        Encoding.ASCII.GetBytes($"pcifleet joins again\n{host}\n{Convert.ToHexStringLower(SHA256.HashData(certificateRequest))}\n");
}
