using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>What a host is after it joined: its id, certificate and key, the server's root, the key that signs policies. How it is kept: <see cref="IdentityFiles"/>.</summary>
internal sealed class AgentIdentity : IDisposable
{
    private readonly EnrollReply _reply;

    private AgentIdentity(EnrollReply reply, string? token, X509Certificate2 certificate, X509Certificate2 authority)
    {
        _reply = reply;
        Token = token;
        Certificate = certificate;
        Authority = authority;
        Root = authority.Thumbprint;
    }

    public HostId Host => _reply.Host;

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Authority { get; }

    /// <summary>Thumbprint of the server's root.</summary>
    public string Root { get; }

    /// <summary>The key that signed assignments when the host joined, base64 of SubjectPublicKeyInfo; it counts while the root lists none.</summary>
    public string PolicyKey => _reply.PolicyKey;

    /// <summary>The root's list of policy keys as it was when the host joined; null when there was none.</summary>
    public SignedPolicyKeys? PolicyKeys => _reply.PolicyKeys;

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
        if (!PolicyTrust.IsKey(reply.PolicyKey))
        {
            throw new CryptographicException("The key that signs policies is not a P-256 key.");
        }

        if (reply.PolicyKeys is not null && !ListedPolicyKeys.TryRead(reply.PolicyKeys, authority, out _))
        {
            throw new CryptographicException("The server's root did not sign the list of keys that sign policies.");
        }

        return new AgentIdentity(reply, token, bare.CopyWithPrivateKey(key), authority);
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
    }
}
