using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Fleet.Server.Hosting;

/// <summary>Marks a connection, and an endpoint, as belonging to the agents' port. Either without the other is answered with 404.</summary>
internal sealed class AgentsPort
{
    public static readonly AgentsPort Mark = new();

    public static void Listen(ListenOptions listen, CertificateAuthority authority)
    {
        X509Certificate2 certificate = authority.IssueServer(listen.IPEndPoint!.Address);
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Features.Set(Mark);
            return next(connection);
        });
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate,
            ServerCertificateChain = [authority.Certificate],
            SslProtocols = SslProtocols.Tls13,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,

            // Who the certificate is of, and whether it counts, is decided by authentication, which can answer with a reason.
            ClientCertificateValidation = (_, _, _) => true,
            OnAuthenticate = (_, ssl) => TurnResumptionOff(ssl),
        });
    }

    // A resumed session would skip the check of the client's chain against the authority of today.
    private static void TurnResumptionOff(SslServerAuthenticationOptions ssl) => ssl.AllowTlsResume = false;
}
