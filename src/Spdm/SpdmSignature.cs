using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Fleet.Spdm;

/// <summary>Verifies a responder's signature over a transcript (DSP0274, signature generation and verification).</summary>
public static class SpdmSignature
{
    /// <summary>The context of CHALLENGE_AUTH's signature.</summary>
    public const string ChallengeContext = "responder-challenge_auth signing";

    /// <summary>The context of MEASUREMENTS' signature.</summary>
    public const string MeasurementsContext = "responder-measurements signing";

    /// <summary>The context of KEY_EXCHANGE_RSP's signature.</summary>
    public const string KeyExchangeContext = "responder-key_exchange_rsp signing";

    private const int PrefixSize = 100;

    /// <summary>The digest handed to the primitive: H(transcript), and since 1.2 H(prefix || H(transcript)).</summary>
    public static byte[] Digest(SpdmVersion version, uint baseHash, string context, ReadOnlySpan<byte> transcript)
    {
        byte[] hash = SpdmAlgorithms.Hash(baseHash, transcript);
        if (version < SpdmVersion.V12)
        {
            return hash;
        }

        byte[] message = new byte[PrefixSize + hash.Length];
        byte[] name = Encoding.ASCII.GetBytes($"dmtf-spdm-v1.{(byte)version & 0xF}.*");
        for (int i = 0; i < 4; i++)
        {
            name.CopyTo(message, i * name.Length);
        }

        Encoding.ASCII.GetBytes(context).CopyTo(message, PrefixSize - context.Length);
        hash.CopyTo(message, PrefixSize);
        return SpdmAlgorithms.Hash(baseHash, message);
    }

    /// <summary>Verifies with the key of a leaf, which must be of the very kind that was negotiated.</summary>
    public static bool Verify(X509Certificate2 leaf, Negotiated negotiated, string context, ReadOnlySpan<byte> transcript, ReadOnlySpan<byte> signature)
    {
        if (!negotiated.IsSound || signature.Length != negotiated.SignatureSize)
        {
            return false;
        }

        uint asym = negotiated.Selection.BaseAsym;
        byte[] digest = Digest(negotiated.Version, negotiated.Selection.BaseHash, context, transcript);
        try
        {
            return (asym & 0x190) != 0 ? VerifyEcdsa(leaf, asym, digest, signature) : VerifyRsa(leaf, negotiated, digest, signature);
        }
        catch (CryptographicException)
        {
            return false; // A key that the framework cannot read signs nothing.
        }
    }

    private static bool VerifyEcdsa(X509Certificate2 leaf, uint asym, byte[] digest, ReadOnlySpan<byte> signature)
    {
        using ECDsa? key = leaf.GetECDsaPublicKey();
        string curve = asym switch { 0x10 => "1.2.840.10045.3.1.7", 0x80 => "1.3.132.0.34", _ => "1.3.132.0.35" };
        return key?.ExportParameters(false).Curve.Oid.Value == curve
            && key.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static bool VerifyRsa(X509Certificate2 leaf, Negotiated negotiated, byte[] digest, ReadOnlySpan<byte> signature)
    {
        using RSA? key = leaf.GetRSAPublicKey();
        RSASignaturePadding padding = (negotiated.Selection.BaseAsym & 0x4A) != 0 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return key is not null && key.KeySize == signature.Length * 8
            && key.VerifyHash(digest, signature, SpdmAlgorithms.HashName(negotiated.Selection.BaseHash), padding);
    }
}
