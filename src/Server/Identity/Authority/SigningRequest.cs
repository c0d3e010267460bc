using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Server.Identity.Authority;

/// <summary>Reads a PKCS#10 request. What it costs is bounded: no signature is computed before the key is known to be of a small kind.</summary>
internal static class SigningRequest
{
    public const string Expected = "certificateRequest must be the base64 of a PKCS#10 request, signed by its own ECDSA P-256 or P-384 key.";
    private const int Largest = 8192;
    private const string EllipticCurve = "1.2.840.10045.2.1";

    // DER of the names of P-256 and P-384; parameters spelled out instead of named could be anything.
    private static readonly byte[][] Curves = [[0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07], [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]];

    public static bool TryReadKey(string? base64, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        if (base64 is null || base64.Length > Largest)
        {
            return false;
        }

        try
        {
            byte[] der = Convert.FromBase64String(base64);
            PublicKey claimed = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.SkipSignatureValidation).PublicKey;
            if (claimed.Oid.Value is not EllipticCurve || claimed.EncodedParameters is not { RawData: var curve } || !Curves.Any(one => one.AsSpan().SequenceEqual(curve)))
            {
                return false;
            }

            // Loading checks the request's signature: whoever sent it has the private key.
            key = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256).PublicKey;
            return true;
        }
        // A key of a kind that the platform does not know (Ed25519) is not supported rather than malformed.
        catch (Exception error) when (error is FormatException or CryptographicException or NotSupportedException)
        {
            return false;
        }
    }
}
