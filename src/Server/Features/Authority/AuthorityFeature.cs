// The server's authority, to look at. It is changed by 'fleet-server authority' on the server's own machine alone: its keys go over no wire.
using Fleet.Contracts;
using Fleet.Server.Identity;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Identity.PolicyKeys;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Authority;

internal static class AuthorityFeature
{
    public static void MapAuthority(this IEndpointRouteBuilder api) => api.MapGet("/authority", Handle).WithTags("Authority")
        .Needs(Scopes.ServersRead).WithName("getAuthority").WithSummary("The authority behind agents' certificates, how many agents use which of its intermediates, and which keys sign policies");

    private static Ok<AuthorityView> Handle(CertificateAuthority authority, PolicySigner signer, HostDirectory directory)
    {
        Dictionary<int, int> agents = directory.Hosts.Where(host => host.Access.Admitted).Select(host => host.Certificate).OfType<AgentCertificate>()
            .GroupBy(certificate => certificate.Issuer).ToDictionary(issuer => issuer.Key, issuer => issuer.Count());
        return TypedResults.Ok(AuthorityViews.Of(authority.Current, authority.HasRootKey, agents, PolicyKeyViews.Of(signer.Ring, directory.Hosts)));
    }
}
