using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Accepts a server by its authority alone: the chain must end in exactly that CA and the certificate must be one for servers.
/// Names in DNS play no part, so that a server may move.
/// </summary>
internal sealed class ServerTrust(X509Certificate2 authority, TimeProvider? time = null)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly TimeProvider _time = time ?? TimeProvider.System;

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
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain.Build(leaf))
        {
            return true;
        }

        if (chain.ChainStatus.All(status => status.Status is X509ChainStatusFlags.NotTimeValid))
        {
            OnlyTime = true;
            Refusal = string.Create(
                CultureInfo.InvariantCulture,
                $"its certificate is good from {leaf.NotBefore.ToUniversalTime():u} to {leaf.NotAfter.ToUniversalTime():u}, but this host's clock says {_time.GetUtcNow().UtcDateTime:u}: set the clock that is wrong");
            return false;
        }

        Refusal = "its certificate is not valid under the CA that this host trusts: " + string.Join(" ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()));
        return false;
    }
}
