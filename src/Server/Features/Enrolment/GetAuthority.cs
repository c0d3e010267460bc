using System.Security.Cryptography.X509Certificates;
using Fleet.Server.Identity.Authority;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Enrolment;

/// <summary>
/// Hands out the authority's certificate, which TLS itself does not send. An agent takes it only if its SHA-256 is the one in the join
/// token, and sends the token only over a connection that this certificate vouches for.
/// </summary>
internal static class GetAuthority
{
    public static void Map(RouteGroupBuilder enrolment) => enrolment.MapGet("/", Handle);

    private static FileContentHttpResult Handle(CertificateAuthority authority) =>
        TypedResults.Bytes(authority.Root.Export(X509ContentType.Cert), "application/pkix-cert");
}
