using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Agent.Uplink;

/// <summary>
/// The intermediates that the root has revoked (RFC 5280, section 5). Who holds the key of one can pose as the server for as long as its certificate lasts,
/// unless agents know; only the root can say so, and its key is not where the intermediates' are.
/// </summary>
internal sealed class RevocationList
{
    private const int Largest = 64 * 1024;

    private RevocationList(byte[] der, BigInteger number) => (Der, Number) = (der, number);

    public byte[] Der { get; }

    /// <summary>Which list it is: a later one has a higher number.</summary>
    public BigInteger Number { get; }

    /// <summary>Reads a list as a server sends it, in base64.</summary>
    public static bool TryParse(string base64, X509Certificate2 root, [NotNullWhen(true)] out RevocationList? list)
    {
        list = null;
        byte[] der = new byte[Largest];
        return Convert.TryFromBase64String(base64, der, out int length) && TryRead(der[..length], root, out list);
    }

    /// <summary>Reads a list. Its signature must be the root's; how old it is does not matter, since it only grows.</summary>
    public static bool TryRead(byte[] der, X509Certificate2 root, [NotNullWhen(true)] out RevocationList? list)
    {
        list = null;
        try
        {
            if (der.Length <= Largest && IsSigned(der, root))
            {
                CertificateRevocationListBuilder.Load(der, out BigInteger number);
                list = new RevocationList(der, number);
            }
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            // No list, or one of a form that is not ours.
            return false;
        }

        return list is not null;
    }

    /// <summary>Whether it names this certificate.</summary>
    public bool Names(X509Certificate2 certificate) =>
        CertificateRevocationListBuilder.Load(Der, out _).RemoveEntry(certificate.SerialNumberBytes.ToArray());

    // CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
    private static bool IsSigned(byte[] der, X509Certificate2 root)
    {
        AsnReader reader = new(der, AsnEncodingRules.DER);
        AsnReader list = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> signed = list.ReadEncodedValue();
        list.ReadSequence();
        byte[] signature = list.ReadBitString(out int unused);
        list.ThrowIfNotEmpty();
        using ECDsa? key = root.GetECDsaPublicKey();
        return unused is 0 && key is not null && key.VerifyData(signed.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
