using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Accepts a server by its authority alone: the chain must end in exactly that CA and the certificate must be one for servers.
/// Names in DNS play no part, so that a server may move.
/// </summary>
/// <param name="authority">The CA.</param>
/// <param name="time">This host's clock.</param>
/// <param name="revoked">Intermediates that the root has revoked, as far as this host knows.</param>
/// <param name="measured">The server's clock, if it said its time since this agent started: then a clock of this host that is set wrong keeps nobody out.</param>
internal sealed class ServerTrust(X509Certificate2 authority, TimeProvider time, RevocationList? revoked = null, DateTimeOffset? measured = null)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>SHA-256 of a certificate's DER, lower-case hexadecimal.</summary>
    public static string HashOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>Why the server was refused; null when it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether time alone was wrong: it is this server, and one of the two clocks is off.</summary>
    public bool OnlyTime { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            Refusal = "it presented no certificate";
            return false;
        }

        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        DateTimeOffset now = time.GetUtcNow();
        return Accept(leaf, presented, now) || (OnlyTime && measured is { } server && Accept(leaf, presented, server));
    }

    private bool Accept(X509Certificate2 leaf, X509Chain? presented, DateTimeOffset now)
    {
        (Refusal, OnlyTime) = (null, false);
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain.Build(leaf))
        {
            return IsUnrevoked(chain);
        }

        if (chain.ChainStatus.All(status => status.Status is X509ChainStatusFlags.NotTimeValid))
        {
            OnlyTime = true;
            Refusal = string.Create(
                CultureInfo.InvariantCulture,
                $"its certificate is good from {leaf.NotBefore.ToUniversalTime():u} to {leaf.NotAfter.ToUniversalTime():u}, but this host's clock says {now.UtcDateTime:u}: set the clock that is wrong");
            return false;
        }

        Refusal = "its certificate is not valid under the CA that this host trusts: " + string.Join(" ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()));
        return false;
    }

    private bool IsUnrevoked(X509Chain chain)
    {
        if (revoked is null || !chain.ChainElements.Any(element => revoked.Names(element.Certificate)))
        {
            return true;
        }

        Refusal = "its certificate is of an intermediate that the root has revoked: whoever answers there may have that one's stolen key";
        return false;
    }
}
