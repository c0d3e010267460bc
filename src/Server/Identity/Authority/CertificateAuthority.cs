// The server's own authority. A root, by whose hash agents know their server and whose key can be kept elsewhere; intermediates, which issue the
// certificates of the agents' port and of agents. AuthorityKeeper changes its files, a running server notices.
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Hosting;

namespace Fleet.Server.Identity.Authority;

/// <summary>Issues certificates, and says by which of its intermediates a certificate was issued.</summary>
internal sealed class CertificateAuthority
{
    public const string Folder = "pki";
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    public static readonly TimeSpan ServerLifetime = TimeSpan.FromDays(397);
    private readonly AuthorityFiles _files;
    private readonly TimeSpan _agentLifetime;
    private readonly TimeProvider _time;
    private volatile AuthoritySnapshot _current;
    private (DateTime, long) _stamp;

    private CertificateAuthority(AuthorityFiles files, TimeSpan agentLifetime, TimeProvider time)
    {
        _files = files;
        _agentLifetime = agentLifetime;
        _time = time;
        _stamp = files.Stamp();
        _current = files.Read();
    }

    public AuthoritySnapshot Current => _current;

    public X509Certificate2 Root => _current.Root;

    /// <summary>SHA-256 of the root, lower-case hexadecimal: what a join token carries.</summary>
    public string Fingerprint => _current.Fingerprint;

    /// <summary>Whether the root's key lies in pki/.</summary>
    public bool HasRootKey => File.Exists(_files.RootKey);

    /// <summary>Reads the authority, making what is missing.</summary>
    /// <exception cref="StartException">It is broken, or the root's key is needed and not here.</exception>
    public static CertificateAuthority Open(DataDirectory data, TimeSpan agentLifetime, TimeProvider time)
    {
        string directory = data.Private(Folder);
        try
        {
            new AuthorityKeeper(directory, time).Ensure();
            return new CertificateAuthority(new AuthorityFiles(directory), agentLifetime, time);
        }
        catch (AuthorityException error)
        {
            throw new StartException(error.Message, error);
        }
    }

    /// <summary>Reads the files again if they changed. What is broken is not taken: the authority stays as it was.</summary>
    /// <returns>The snapshot before, if there is a new one.</returns>
    public AuthoritySnapshot? Refresh()
    {
        (DateTime, long) stamp = _files.Stamp();
        if (stamp == _stamp)
        {
            return null;
        }

        AuthoritySnapshot before = _current;
        AuthoritySnapshot read = _files.Read();
        if (read.Issuing is null || read.Fingerprint != before.Fingerprint)
        {
            throw new AuthorityException("The authority has another root now, or no intermediate that issues; a running server does not follow that. Put the files back, or restart it.");
        }

        _current = read;
        _stamp = stamp;
        return before;
    }

    /// <summary>A certificate for the agents' port, with a new key, and the intermediate that issued it.</summary>
    public (X509Certificate2 Certificate, Intermediate Issuer) IssueServer(IPAddress bound)
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
        Intermediate issuer = _current.Issuing!;
        using X509Certificate2 issued = CertificateMaker.Leaf(request, ServerAuthentication, issuer.Certificate, _time.GetUtcNow(), ServerLifetime);
        return (issued.CopyWithPrivateKey(key), issuer);
    }

    /// <summary>A certificate for an agent, and its row. Of the agent's request only the key counts: name and purpose are ours to say.</summary>
    public (X509Certificate2 Certificate, CertificateRow Row) IssueAgent(HostId host, PublicKey key, string? renewedFrom)
    {
        CertificateRequest request = new(new X500DistinguishedName($"CN={host}"), key, HashAlgorithmName.SHA256);
        Intermediate issuer = _current.Issuing!;
        DateTimeOffset now = _time.GetUtcNow();
        X509Certificate2 issued = CertificateMaker.Leaf(request, ClientAuthentication, issuer.Certificate, now, _agentLifetime);
        return (issued, Row(issued, host, issuer.Entry.Number, now, renewedFrom));
    }

    /// <summary>Checks that a certificate is one of ours for an agent, whenever it holds. Nothing is fetched from where it points to.</summary>
    /// <param name="certificate">What was presented.</param>
    /// <param name="issuer">Who issued it; null for the root itself, as it was before there were intermediates.</param>
    public bool Vouches(X509Certificate2 certificate, out Intermediate? issuer)
    {
        issuer = null;
        AuthoritySnapshot authority = _current;
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority.Root);
        chain.ChainPolicy.ExtraStore.AddRange(authority.Intermediates.Select(one => one.Certificate).ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // Who may not come back is known here: by host, by certificate, by issuer.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid; // Judged by our clock and with a reason of its own.
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        if (!chain.Build(certificate) || chain.ChainElements.Count is not (2 or 3))
        {
            return false;
        }

        X509Certificate2 parent = chain.ChainElements[1].Certificate;
        issuer = authority.Intermediates.FirstOrDefault(one => one.Certificate.RawDataMemory.Span.SequenceEqual(parent.RawDataMemory.Span));
        return issuer is not null || chain.ChainElements.Count is 2;
    }

    /// <summary>When a certificate should be renewed: when two thirds of its time are over.</summary>
    public static DateTimeOffset RenewAt(DateTimeOffset issued, DateTimeOffset until) => issued + ((until - issued) * 2 / 3);

    /// <summary>SHA-256 of a public key, lower-case hexadecimal.</summary>
    public static string Thumbprint(PublicKey key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    private static CertificateRow Row(X509Certificate2 certificate, HostId host, int issuer, DateTimeOffset issued, string? renewedFrom) => new()
    {
        Serial = certificate.SerialNumber,
        Host = host,
        KeyThumbprint = Thumbprint(certificate.PublicKey),
        Issuer = issuer,
        NotBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
        Issued = issued.ToUniversalTime(),
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
        RenewedFrom = renewedFrom,
        State = CertificateState.Issued,
    };
}
