using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Server.Identity.Authority;

/// <summary>The certificate of the agents' port with its chain. Made anew when another intermediate issues, and long before it expires.</summary>
internal sealed class ServerCertificate
{
    private readonly CertificateAuthority _authority;
    private readonly IPAddress _bound;
    private readonly TimeProvider _time;
    private volatile Held _held;

    public ServerCertificate(CertificateAuthority authority, IPAddress bound, TimeProvider time)
    {
        (_authority, _bound, _time) = (authority, bound, time);
        _held = Make();
    }

    public SslStreamCertificateContext Current => _held.Context;

    public DateTimeOffset Issued => _held.Issued;

    public DateTimeOffset NotAfter => _held.NotAfter;

    public void Refresh()
    {
        if (_held.Issuer != _authority.Current.Issuing!.Entry.Number || _time.GetUtcNow() > CertificateAuthority.RenewAt(_held.Issued, _held.NotAfter))
        {
            _held = Make();
        }
    }

    private Held Make()
    {
        (X509Certificate2 certificate, Intermediate issuer) = _authority.IssueServer(_bound);
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(certificate, [issuer.Certificate], offline: true);
        return new Held(context, issuer.Entry.Number, _time.GetUtcNow(), certificate.NotAfter.ToUniversalTime());
    }

    private sealed record Held(SslStreamCertificateContext Context, int Issuer, DateTimeOffset Issued, DateTimeOffset NotAfter);
}
