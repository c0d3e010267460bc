using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Server.Identity.Authority;

/// <summary>Makes the certificates of the authority. A value in, a value out.</summary>
internal static class CertificateMaker
{
    /// <summary>How far into the past a certificate begins, so that hosts with a slow clock can join; how far off they are shows once they are in.</summary>
    public static readonly TimeSpan Backdated = TimeSpan.FromDays(1);

    private static readonly TimeSpan RootLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan IntermediateLifetime = TimeSpan.FromDays(1095);

    public static X509Certificate2 Root(DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=pcifleet authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now - Backdated, now + RootLifetime);
    }

    /// <param name="root">The root with its key.</param>
    public static X509Certificate2 Intermediate(X509Certificate2 root, int number, DateTimeOffset now)
    {
        // A root that allows none below it (it was made before there were intermediates) allows those of its own name: they do not count
        // (RFC 5280, 4.2.1.9). So agents that know such a root accept its intermediates too.
        X500DistinguishedName name = AllowsIntermediates(root)
            ? new X500DistinguishedName(string.Create(CultureInfo.InvariantCulture, $"CN=pcifleet intermediate {number}"))
            : root.SubjectName;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using X509Certificate2 issued = Sign(request, root, now, IntermediateLifetime);
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate for one purpose, which signs no other.</summary>
    public static X509Certificate2 Leaf(CertificateRequest request, string purpose, X509Certificate2 issuer, DateTimeOffset now, TimeSpan lifetime)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], true));
        return Sign(request, issuer, now, lifetime);
    }

    private static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 issuer, DateTimeOffset now, TimeSpan lifetime)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        DateTimeOffset from = now - Backdated > issuer.NotBefore ? now - Backdated : issuer.NotBefore;
        DateTimeOffset until = now + lifetime < issuer.NotAfter ? now + lifetime : issuer.NotAfter;
        if (until <= now)
        {
            throw new AuthorityException($"{issuer.Subject} expired at {issuer.NotAfter.ToUniversalTime():u}; it can issue nothing. See 'fleet-server authority show'.");
        }

        using ECDsa key = issuer.GetECDsaPrivateKey()!;
        return request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, until, RandomNumberGenerator.GetBytes(16));
    }

    private static bool AllowsIntermediates(X509Certificate2 root) =>
        root.Extensions.OfType<X509BasicConstraintsExtension>().All(constraints => !constraints.HasPathLengthConstraint || constraints.PathLengthConstraint > 0);
}
