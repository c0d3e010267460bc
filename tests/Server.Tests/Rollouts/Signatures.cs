using System.Security.Cryptography;
using Fleet.Contracts;

namespace Fleet.Server.Tests.Rollouts;

/// <summary>Checks a signature as an agent does: with the public key alone.</summary>
internal static class Signatures
{
    public static bool Verify(SignedAssignment signed, string publicKey)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        return key.VerifyData(
            Convert.FromBase64String(signed.Payload),
            Convert.FromBase64String(signed.Signature),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
