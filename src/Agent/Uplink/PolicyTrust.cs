using System.Security.Cryptography;

namespace Fleet.Agent.Uplink;

/// <summary>By which keys an assignment is believed: those that the root lists, or while there is no list the one that the host was given when it joined.</summary>
/// <param name="Pinned">The key from joining, base64 of SubjectPublicKeyInfo.</param>
/// <param name="Listed">The root's list; null while none was ever heard of.</param>
internal sealed record PolicyTrust(string Pinned, ListedPolicyKeys? Listed = null)
{
    private IReadOnlyList<string> Keys => Listed?.List.Keys ?? [Pinned];

    /// <summary>Number of the list; 0 for none.</summary>
    public long Number => Listed?.Number ?? 0;

    /// <summary>Whether what this key signed is believed.</summary>
    public bool Counts(string? key) => key is not null && Keys.Contains(key);

    /// <summary>The key that counts and made this signature; null when none did.</summary>
    public string? SignerOf(byte[] payload, byte[] signature) => Keys.FirstOrDefault(key => Signed(key, payload, signature));

    /// <summary>Why a signature by none of the keys that count is refused.</summary>
    public AssignmentException Refusal(byte[] payload, byte[] signature)
    {
        if (Listed is not { } listed)
        {
            return new AssignmentException("The assignment's signature is not the server's.");
        }

        string? former = listed.List.Retired.Append(Pinned).FirstOrDefault(key => Signed(key, payload, signature));
        return new AssignmentException(
            former is null
                ? $"The assignment is signed by none of the policy keys that the server's root lists ({Named(listed)})."
                : $"The assignment is signed by policy key {ShortName(former)}, which the server's root has retired ({Named(listed)}).",
            keyRefused: true);
    }

    /// <summary>Whether a key made this signature.</summary>
    public static bool Signed(string key, byte[] payload, byte[] signature)
    {
        using ECDsa? opened = Open(key);
        return opened?.VerifyData(payload, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation) is true;
    }

    /// <summary>Whether this is a public key of the only kind that signs assignments, ECDSA P-256.</summary>
    public static bool IsKey(string? key)
    {
        using ECDsa? opened = Open(key);
        return opened is not null;
    }

    /// <summary>The first 16 digits of the SHA-256 of a key, by which people tell keys apart.</summary>
    public static string ShortName(string key) => Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(key)).AsSpan(0, 8));

    private static string Named(ListedPolicyKeys listed) => $"list {listed.Number}: {string.Join(", ", listed.List.Keys.Select(ShortName))}";

    private static ECDsa? Open(string? key)
    {
        ECDsa made = ECDsa.Create();
        try
        {
            made.ImportSubjectPublicKeyInfo(Convert.FromBase64String(key ?? ""), out _);
            if (made.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                return made;
            }
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            // No key, or of another kind.
        }

        made.Dispose();
        return null;
    }
}
