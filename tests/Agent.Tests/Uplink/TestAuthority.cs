using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A CA of a test's server, with the key that signs policies.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _authority;

    public TestAuthority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(30));
    }

    public ECDsa PolicyKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public X509Certificate2 Certificate => _authority;

    public string Hash => _authority.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    public X509Certificate2 IssueServer()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        CertificateRequest request = new("CN=test server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = Issue(request, "1.3.6.1.5.5.7.3.1");
        return issued.CopyWithPrivateKey(key);
    }

    public EnrollReply Enroll(EnrollRequest request, HostId host)
    {
        CertificateRequest asked = CertificateRequest.LoadSigningRequest(Convert.FromBase64String(request.CertificateRequest), HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = Issue(new CertificateRequest(new X500DistinguishedName($"CN={host}"), asked.PublicKey, HashAlgorithmName.SHA256), "1.3.6.1.5.5.7.3.2");
        return Reply(host, certificate);
    }

    public RenewReply Renew(RenewRequest request, HostId host, DateTimeOffset renewAt)
    {
        CertificateRequest asked = CertificateRequest.LoadSigningRequest(Convert.FromBase64String(request.CertificateRequest), HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = Issue(new CertificateRequest(new X500DistinguishedName($"CN={host}"), asked.PublicKey, HashAlgorithmName.SHA256), "1.3.6.1.5.5.7.3.2");
        return new RenewReply(Convert.ToBase64String(certificate.RawDataMemory.Span), renewAt);
    }

    public EnrollReply Reply(HostId host, X509Certificate2 certificate) => new(
        host, Convert.ToBase64String(certificate.RawDataMemory.Span), Convert.ToBase64String(_authority.RawDataMemory.Span),
        Convert.ToBase64String(PolicyKey.ExportSubjectPublicKeyInfo()));

    /// <summary>A list of revoked certificates, in base64.</summary>
    public string Revoke(int number, params X509Certificate2[] revoked) => Convert.ToBase64String(RevokedList.Of(_authority, number, revoked));

    /// <summary>What the root says of the keys that sign policies.</summary>
    public SignedPolicyKeys List(long number, IReadOnlyList<ECDsa> keys, params ECDsa[] retired) =>
        PolicyKeyLists.Sign(_authority, new PolicyKeyList(number, [.. keys.Select(AssignmentsTests.Public)], [.. retired.Select(AssignmentsTests.Public)]));

    public void Dispose()
    {
        _authority.Dispose();
        PolicyKey.Dispose();
    }

    private X509Certificate2 Issue(CertificateRequest request, string purpose)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], true));
        using ECDsa key = _authority.GetECDsaPrivateKey()!;
        return request.Create(
            _authority.SubjectName, X509SignatureGenerator.CreateForECDsa(key), _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(16));
    }
}
