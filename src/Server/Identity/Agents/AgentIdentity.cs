// Who an agent is. AgentAdmission judges the certificate of its connection; whom it refuses is told why and stands in the audit log.
using System.Security.Claims;
using Fleet.Contracts;
using Microsoft.AspNetCore.Authentication;

namespace Fleet.Server.Identity.Agents;

/// <summary>Who an agent is: the host that its certificate names, if that host has this very key.</summary>
internal static class AgentIdentity
{
    public const string Scheme = "AgentCertificate";
    private const string HostClaim = "host";
    private const string SerialClaim = "serial";

    public static HostId Of(ClaimsPrincipal principal) => HostId.Parse(principal.FindFirst(HostClaim)!.Value);

    /// <summary>Serial number of the certificate that it came in with.</summary>
    public static string SerialOf(ClaimsPrincipal principal) => principal.FindFirst(SerialClaim)!.Value;

    public static ClaimsPrincipal Principal(HostId host, string name, string serial) => new(new ClaimsIdentity(
        [new Claim(HostClaim, host.ToString()), new Claim(ClaimTypes.Name, name), new Claim(SerialClaim, serial)], Scheme));

    public static AuthenticationBuilder AddAgentCertificates(this AuthenticationBuilder authentication)
    {
        authentication.Services.AddSingleton<AgentAdmission>().AddSingleton<AgentRefusals>()
            .AddHostedService(provider => provider.GetRequiredService<AgentRefusals>());
        return authentication.AddScheme<AuthenticationSchemeOptions, AgentCertificateHandler>(Scheme, null);
    }
}
