using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Accepts a server by its authority alone: the chain must end in exactly that CA and the certificate must be one for servers.
/// Names in DNS play no part, so that a server may move.
/// </summary>
internal sealed class ServerTrust(X509Certificate2 authority)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>SHA-256 of a certificate's DER, lower-case hexadecimal.</summary>
    public static string HashOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>Why the server was refused; null when it was not.</summary>
    public string? Refusal { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            Refusal = "it presented no certificate";
            return false;
        }

        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain.Build(leaf))
        {
            return true;
        }

        Refusal = "its certificate is not valid under the CA that this host trusts: " + string.Join(" ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()));
        return false;
    }
}
