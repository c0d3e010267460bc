using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Identity.Authority;

namespace Fleet.Server.Identity.Agents;

/// <summary>What a connection came in with: so much of its certificate as decides, for as long as it stands, whether it still counts.</summary>
/// <param name="Host">The host that the certificate names.</param>
/// <param name="Serial">Its serial number, upper-case hexadecimal.</param>
/// <param name="KeyThumbprint">SHA-256 of its public key.</param>
/// <param name="Issuer">Number of the intermediate that issued it; <see cref="CertificateRow.Root"/> for the root itself.</param>
/// <param name="NotBefore">From when it counts.</param>
/// <param name="NotAfter">Until when it counts.</param>
internal sealed record AgentCredential(HostId Host, string Serial, string KeyThumbprint, int Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    private const string HostClaim = "host";
    private const string SerialClaim = "serial";
    private const string KeyClaim = "key";
    private const string IssuerClaim = "issuer";
    private const string FromClaim = "from";
    private const string UntilClaim = "until";

    /// <summary>Reads a certificate that the authority vouches for.</summary>
    public static AgentCredential Of(X509Certificate2 certificate, HostId host, Intermediate? issuer) => new(
        host,
        certificate.SerialNumber,
        CertificateAuthority.Thumbprint(certificate.PublicKey),
        issuer?.Entry.Number ?? CertificateRow.Root,
        new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
        new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));

    /// <summary>Reads it back from whom <see cref="ToPrincipal"/> made.</summary>
    public static AgentCredential Of(ClaimsPrincipal principal)
    {
        return new AgentCredential(
            HostId.Parse(Claim(HostClaim)), Claim(SerialClaim), Claim(KeyClaim), int.Parse(Claim(IssuerClaim), CultureInfo.InvariantCulture), Time(FromClaim), Time(UntilClaim));

        string Claim(string type) => principal.FindFirst(type)!.Value;

        DateTimeOffset Time(string type) => DateTimeOffset.FromUnixTimeSeconds(long.Parse(Claim(type), CultureInfo.InvariantCulture));
    }

    public ClaimsPrincipal ToPrincipal(string name, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, name),
            new Claim(HostClaim, Host.ToString()),
            new Claim(SerialClaim, Serial),
            new Claim(KeyClaim, KeyThumbprint),
            new Claim(IssuerClaim, Issuer.ToString(CultureInfo.InvariantCulture)),
            new Claim(FromClaim, NotBefore.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            new Claim(UntilClaim, NotAfter.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ],
        scheme));
}
