using System.Security.Cryptography;
using System.Text;

namespace Fleet.Contracts;

/// <summary>A list of policy keys with the signature of the server's root over exactly the bytes that the agent parses.</summary>
/// <param name="Payload">Base64 of the canonical JSON of a <see cref="PolicyKeyList"/>.</param>
/// <param name="Signature">Base64 of the root's ECDSA P-256/SHA-256 signature (IEEE P1363) over <see cref="SignedBytes"/>.</param>
public sealed record SignedPolicyKeys(string Payload, string Signature)
{
    /// <summary>Longest payload in bytes, before base64; a longer one is refused.</summary>
    public const int LargestPayload = 16 * 1024;

    /// <summary>What the root signs: bytes that are no certificate and no revocation list, which it signs too.</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> payload) =>
        Encoding.ASCII.GetBytes($"pcifleet policy keys\n{Convert.ToHexStringLower(SHA256.HashData(payload))}\n");
}
