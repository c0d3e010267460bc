using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Server.Domain.Attestation;

/// <summary>
/// A key whose signatures on reference values count: ECDSA P-256 (over SHA-256) or P-384 (SHA-384), or RSA of 3072 to 8192 bits with PSS (SHA-256 or SHA-384,
/// a salt of the hash's length). One algorithm a key, so that nobody chooses a weaker one for it.
/// </summary>
internal sealed class ImportKey
{
    private const int FewestRsaBits = 3072;
    private const int MostRsaBits = 8192;
    private readonly byte[] _spki;
    private readonly HashAlgorithmName? _curveHash;

    private ImportKey(string name, byte[] spki, HashAlgorithmName? curveHash)
    {
        Name = name;
        _spki = spki;
        _curveHash = curveHash;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(spki));
    }

    public string Name { get; }

    /// <summary>SHA-256 of SubjectPublicKeyInfo: which key it was, when another file has the name by now.</summary>
    public string Fingerprint { get; }

    /// <returns>The key; null where the text is none that counts, and why.</returns>
    public static ImportKey? Read(string name, string pem, out string problem)
    {
        if (!PemEncoding.TryFind(pem, out PemFields found) || !pem.AsSpan()[found.Label].SequenceEqual("PUBLIC KEY"))
        {
            problem = "it has no PEM of a PUBLIC KEY (make it with openssl pkey -pubout)";
            return null;
        }

        try
        {
            byte[] spki = Convert.FromBase64String(pem[found.Base64Data]);
            PublicKey key = PublicKey.CreateFromSubjectPublicKeyInfo(spki, out int read);
            using RSA? rsa = key.GetRSAPublicKey();
            using ECDsa? ecdsa = key.GetECDsaPublicKey();
            HashAlgorithmName? hash = ecdsa is null ? null : HashOf(ecdsa);
            if (read == spki.Length && (hash is not null || rsa is { KeySize: >= FewestRsaBits and <= MostRsaBits }))
            {
                problem = "";
                return new ImportKey(name, spki, hash);
            }

            problem = $"it is neither ECDSA P-256 or P-384 nor RSA of {FewestRsaBits} to {MostRsaBits} bits";
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            problem = $"it is no public key: {error.Message}";
        }

        return null;
    }

    /// <summary>Whether this key made that signature (of ECDSA in DER, as openssl writes it) over exactly these bytes.</summary>
    public bool Verifies(ReadOnlySpan<byte> document, ReadOnlySpan<byte> signature)
    {
        try
        {
            PublicKey key = PublicKey.CreateFromSubjectPublicKeyInfo(_spki, out _);
            if (_curveHash is { } hash)
            {
                using ECDsa ecdsa = key.GetECDsaPublicKey()!;
                return ecdsa.VerifyData(document, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
            }

            using RSA rsa = key.GetRSAPublicKey()!;
            return rsa.VerifyData(document, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
                || rsa.VerifyData(document, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        }
        catch (CryptographicException)
        {
            return false; // Bytes that are no signature at all.
        }
    }

    private static HashAlgorithmName? HashOf(ECDsa key)
    {
        string? curve = key.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value;
        return curve == ECCurve.NamedCurves.nistP256.Oid.Value ? HashAlgorithmName.SHA256
            : curve == ECCurve.NamedCurves.nistP384.Oid.Value ? HashAlgorithmName.SHA384
            : null;
    }
}
