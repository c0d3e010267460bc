using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>
/// The keys that sign assignments, as the server's root says it. Who has read a server's disk has the key that signs there; only the root can say that it counts
/// no more, and the root's key is not there.
/// </summary>
internal sealed class ListedPolicyKeys
{
    private ListedPolicyKeys(SignedPolicyKeys signed, PolicyKeyList list, string root) => (Signed, List, Root) = (signed, list, root);

    /// <summary>As it was signed.</summary>
    public SignedPolicyKeys Signed { get; }

    public PolicyKeyList List { get; }

    /// <summary>Thumbprint of the root that signed it: of another root it says nothing.</summary>
    public string Root { get; }

    public long Number => List.Number;

    /// <summary>Reads a list. The root's signature comes first: only bytes that it covers are parsed.</summary>
    public static bool TryRead(SignedPolicyKeys? signed, X509Certificate2 root, [NotNullWhen(true)] out ListedPolicyKeys? list)
    {
        list = null;
        byte[] payload = new byte[SignedPolicyKeys.LargestPayload];
        Span<byte> signature = stackalloc byte[64];
        if (signed?.Payload is null || signed.Signature is null
            || !Convert.TryFromBase64String(signed.Payload, payload, out int length)
            || !Convert.TryFromBase64String(signed.Signature, signature, out int signatureLength) || signatureLength != signature.Length)
        {
            return false;
        }

        payload = payload[..length];
        using ECDsa? key = root.GetECDsaPublicKey();
        if (key?.VerifyData(SignedPolicyKeys.SignedBytes(payload), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation) is not true)
        {
            return false;
        }

        try
        {
            if (FleetJson.Read<PolicyKeyList>(payload) is { Number: > 0, Keys.Count: > 0 and <= PolicyKeyList.MostKeys } read && read.Keys.All(PolicyTrust.IsKey))
            {
                list = new ListedPolicyKeys(signed, read with { Retired = [.. (read.Retired ?? []).Where(PolicyTrust.IsKey).Take(PolicyKeyList.MostRetired)] }, root.Thumbprint);
            }
        }
        catch (JsonException)
        {
            // Signed by the root and no list that this version reads.
            return false;
        }

        return list is not null;
    }

    /// <summary>The one of two that was signed later; either may be missing.</summary>
    public static ListedPolicyKeys? Newer(ListedPolicyKeys? one, ListedPolicyKeys? other) => one is null || other?.Number > one.Number ? other : one;
}
