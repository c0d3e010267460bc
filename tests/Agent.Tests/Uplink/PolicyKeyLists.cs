using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>Makes lists of policy keys.</summary>
internal static class PolicyKeyLists
{
    public static SignedPolicyKeys Sign(X509Certificate2 root, PolicyKeyList list) => Sign(root, FleetJson.Write(list));

    public static SignedPolicyKeys Sign(X509Certificate2 root, byte[] payload, byte[]? signed = null)
    {
        using ECDsa key = root.GetECDsaPrivateKey()!;
        byte[] signature = key.SignData(signed ?? SignedPolicyKeys.SignedBytes(payload), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new SignedPolicyKeys(Convert.ToBase64String(payload), Convert.ToBase64String(signature));
    }
}
