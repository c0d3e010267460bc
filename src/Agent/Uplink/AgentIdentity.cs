using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>What a host is after it joined: its id, certificate and key, the server's root, the key that signs policies. How it is kept: <see cref="IdentityFiles"/>.</summary>
internal sealed class AgentIdentity : IDisposable
{
    private readonly EnrollReply _reply;

    private AgentIdentity(EnrollReply reply, string? token, X509Certificate2 certificate, X509Certificate2 authority, ECDsa policyKey)
    {
        _reply = reply;
        Token = token;
        Certificate = certificate;
        Authority = authority;
        PolicyKey = policyKey;
    }

    public HostId Host => _reply.Host;

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Authority { get; }

    public ECDsa PolicyKey { get; }

    /// <summary>SHA-256 of the secret of the join token that admitted it; null when that is not known.</summary>
    public string? Token { get; }

    /// <summary>When the certificate should be renewed, by the server's clock.</summary>
    public DateTimeOffset RenewAt => _reply.RenewAt ?? NotBefore + ((NotAfter - NotBefore) * 2 / 3);

    public DateTimeOffset NotBefore => new(Certificate.NotBefore.ToUniversalTime());

    public DateTimeOffset NotAfter => new(Certificate.NotAfter.ToUniversalTime());

    /// <summary>Puts an identity together. The certificate must be of the key and of the host.</summary>
    /// <exception cref="CryptographicException">The parts do not belong together.</exception>
    public static AgentIdentity Of(EnrollReply reply, ECDsa key, string? token)
    {
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Certificate));
        if (bare.GetNameInfo(X509NameType.SimpleName, forIssuer: false) != reply.Host.ToString())
        {
            throw new CryptographicException($"The certificate is of {bare.Subject}, not of host {reply.Host}.");
        }

        X509Certificate2 authority = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Authority));
        ECDsa policyKey = ECDsa.Create();
        policyKey.ImportSubjectPublicKeyInfo(Convert.FromBase64String(reply.PolicyKey), out _);
        return new AgentIdentity(reply, token, bare.CopyWithPrivateKey(key), authority, policyKey);
    }

    /// <summary>The same host with its next certificate.</summary>
    public StoredIdentity With(RenewReply renewed, ECDsa key) =>
        new(_reply with { Certificate = renewed.Certificate, RenewAt = renewed.RenewAt }, key.ExportPkcs8PrivateKeyPem(), Token);

    /// <summary>This identity as it is kept.</summary>
    public StoredIdentity Stored()
    {
        using ECDsa key = Certificate.GetECDsaPrivateKey()!;
        return new StoredIdentity(_reply, key.ExportPkcs8PrivateKeyPem(), Token);
    }

    /// <summary>Shows, to join again, that this host had joined: the key of now signs the request for the next.</summary>
    public EnrolledBefore Prove(byte[] certificateRequest)
    {
        using ECDsa key = Certificate.GetECDsaPrivateKey()!;
        byte[] signature = key.SignData(EnrolledBefore.SignedBytes(Host, certificateRequest), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new EnrolledBefore(Host, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), Convert.ToBase64String(signature));
    }

    /// <summary>Whether this key is the certificate's.</summary>
    public bool Uses(ECDsa key) => key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(Certificate.PublicKey.ExportSubjectPublicKeyInfo());

    public void Dispose()
    {
        Certificate.Dispose();
        Authority.Dispose();
        PolicyKey.Dispose();
    }
}
