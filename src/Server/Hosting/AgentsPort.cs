using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Fleet.Server.Identity.Authority;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Fleet.Server.Hosting;

/// <summary>Marks a connection, and an endpoint, as belonging to the agents' port. Either without the other is answered with 404.</summary>
internal sealed class AgentsPort
{
    public static readonly AgentsPort Mark = new();

    public static void Listen(ListenOptions listen, ServerCertificate certificate, HandshakeQueue line)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Features.Set(Mark);
            return next(connection);
        });
        line.Around(listen, secured => secured.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(Handshake(certificate)),
            HandshakeTimeout = HandshakeQueue.HandshakeLimit,
        }));
    }

    private static SslServerAuthenticationOptions Handshake(ServerCertificate certificate) => new()
    {
        ServerCertificateContext = certificate.Current,
        EnabledSslProtocols = SslProtocols.Tls13,

        // A resumed session would skip the check of the client's certificate against what is known of it today.
        AllowTlsResume = false,

        // Asked for, not insisted on: to join needs none. Who it is of, and whether it counts, is decided by authentication, which can
        // answer with a reason; and nothing is fetched from where a stranger's certificate points to.
        ClientCertificateRequired = true,
#pragma warning disable CA5359 // It is a client's certificate; AgentAdmission validates it.
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };
}
