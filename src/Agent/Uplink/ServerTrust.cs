using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Accepts a server by its authority alone: the chain must end in exactly that CA and the certificate must be one for servers.
/// Names in DNS play no part, so that a server may move.
/// </summary>
internal sealed class ServerTrust(Func<X509Certificate2, bool> isAuthority, X509Certificate2? pinned = null)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Trusts the CA with this SHA-256 over its DER.</summary>
    public static ServerTrust ByHash(string hash) => new(c => string.Equals(HashOf(c), hash, StringComparison.OrdinalIgnoreCase));

    /// <summary>Trusts this CA.</summary>
    public static ServerTrust Pinned(X509Certificate2 authority) => new(c => c.RawDataMemory.Span.SequenceEqual(authority.RawDataMemory.Span), authority);

    public static string HashOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>What the server presented instead, when it was refused; null before.</summary>
    public string? Refusal { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null || presented is null)
        {
            Refusal = "it presented no certificate";
            return false;
        }

        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        X509Certificate2[] offered = [.. presented.ChainElements.Select(e => e.Certificate), .. presented.ChainPolicy.ExtraStore];
        
        // A server on Linux sends its chain without the root, so the root we hold stands in for it.
        X509Certificate2? authority = offered.FirstOrDefault(isAuthority) ?? pinned;
        if (authority is null)
        {
            string roots = string.Join(", ", offered.Where(c => c.Subject == c.Issuer).Select(HashOf).Distinct());
            Refusal = roots.Length is 0 ? $"its certificate is issued by '{leaf.Issuer}'" : $"its CA has SHA-256 {roots}";
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain.Build(leaf))
        {
            return true;
        }

        Refusal = "its certificate is not valid under that CA: " + string.Join(" ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()));
        return false;
    }
}
