using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Spdm.Appraisal;

/// <summary>A leaf's public key, ready to verify again and again; of the very kind that was negotiated or it verifies nothing.</summary>
internal sealed class LeafKey
{
    private readonly Lock _lock = new();
    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;
    private readonly uint _asym;

    private LeafKey(ECDsa? ecdsa, RSA? rsa, uint asym) => (_ecdsa, _rsa, _asym) = (ecdsa, rsa, asym);

    /// <summary>The BaseAsym bits that the key can serve; 0 for a key of another kind.</summary>
    public uint AsymBits => _asym;

    public static LeafKey From(X509Certificate2 leaf)
    {
        if (leaf.GetECDsaPublicKey() is { } ecdsa)
        {
            return new(ecdsa, null, ecdsa.ExportParameters(false).Curve.Oid.Value switch
            {
                "1.2.840.10045.3.1.7" => 0x10u,
                "1.3.132.0.34" => 0x80,
                "1.3.132.0.35" => 0x100,
                _ => 0,
            });
        }

        RSA? rsa = leaf.GetRSAPublicKey();
        return new(null, rsa, rsa?.KeySize switch { 2048 => 3u, 3072 => 12, 4096 => 0x60, _ => 0 });
    }

    public bool Verify(Negotiated negotiated, string context, ReadOnlySpan<byte> transcript, ReadOnlySpan<byte> signature)
    {
        (uint asym, uint hash) = (negotiated.Selection.BaseAsym, negotiated.Selection.BaseHash);
        if ((_asym & asym) == 0 || signature.Length != negotiated.SignatureSize)
        {
            return false;
        }

        byte[] digest = SpdmSignature.Digest(negotiated.Version, hash, context, transcript);
        try
        {
            // A key of the framework is not said to serve several threads at once.
            lock (_lock)
            {
                return _ecdsa is not null
                    ? _ecdsa.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                    : _rsa!.VerifyHash(digest, signature, SpdmAlgorithms.HashName(hash), (asym & 0x4A) != 0 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
            }
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
