using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;

namespace Fleet.Server.Identity;

/// <summary>The server's own authority: it issues the certificate of the agents' port and those of agents. Its key never leaves pki/.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(397);
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider time)
    {
        Certificate = certificate;
        _time = time;
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate's DER, lower-case hexadecimal: what a join token carries.</summary>
    public string Fingerprint => Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>Reads the authority from pki/, making it on the first start.</summary>
    public static CertificateAuthority Open(DataDirectory data, TimeProvider time)
    {
        string directory = data.Private("pki");
        string certificateFile = Path.Combine(directory, "ca.crt");
        string keyFile = Path.Combine(directory, "ca.key");

        // The key is written first: a crash between the two leaves no certificate, and the next start makes both anew.
        if (!File.Exists(certificateFile))
        {
            using X509Certificate2 made = Make(time.GetUtcNow());
            using ECDsa key = made.GetECDsaPrivateKey()!;
            data.WriteSecret(Path.Combine("pki", "ca.key"), key.ExportPkcs8PrivateKeyPem());
            data.WriteSecret(Path.Combine("pki", "ca.crt"), made.ExportCertificatePem());
        }

        return new CertificateAuthority(X509Certificate2.CreateFromPemFile(certificateFile, keyFile), time);
    }

    /// <summary>A certificate for the agents' port, with a new key.</summary>
    public X509Certificate2 IssueServer(IPAddress bound)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        if (!IPAddress.IsLoopback(bound) && !bound.Equals(IPAddress.Any) && !bound.Equals(IPAddress.IPv6Any))
        {
            names.AddIpAddress(bound);
        }

        CertificateRequest request = new(new X500DistinguishedName("CN=pcifleet server"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = Issue(request, ServerAuthentication);
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate for an agent. Of its request only the key counts: name and purpose are ours to say.</summary>
    public X509Certificate2 IssueAgent(HostId host, PublicKey key)
    {
        CertificateRequest request = new(new X500DistinguishedName($"CN={host}"), key, HashAlgorithmName.SHA256);
        return Issue(request, ClientAuthentication);
    }

    /// <summary>SHA-256 of a public key, lower-case hexadecimal.</summary>
    public static string Thumbprint(PublicKey key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    public void Dispose() => Certificate.Dispose();

    private static X509Certificate2 Make(DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=pcifleet authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now - ClockSlack, now + Lifetime);
    }

    private X509Certificate2 Issue(CertificateRequest request, string purpose)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset from = Latest(now - ClockSlack, Certificate.NotBefore);
        DateTimeOffset until = now + LeafLifetime < Certificate.NotAfter ? now + LeafLifetime : Certificate.NotAfter;
        using ECDsa key = Certificate.GetECDsaPrivateKey()!;
        return request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, until, RandomNumberGenerator.GetBytes(16));
    }

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
