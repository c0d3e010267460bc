// Who an agent is. AgentAdmission judges the certificate of its connection at the door and at its hello, AgentStanding as long as it is connected; whom they
// refuse is told why and stands in the audit log.
using Microsoft.AspNetCore.Authentication;

namespace Fleet.Server.Identity.Agents;

/// <summary>Who an agent is: the host that its certificate names, if that host has this very key.</summary>
internal static class AgentIdentity
{
    public const string Scheme = "AgentCertificate";

    public static AuthenticationBuilder AddAgentCertificates(this AuthenticationBuilder authentication)
    {
        authentication.Services.AddSingleton<AgentStanding>().AddSingleton<AgentAdmission>().AddSingleton<AgentRefusals>()
            .AddHostedService(provider => provider.GetRequiredService<AgentRefusals>());
        return authentication.AddScheme<AuthenticationSchemeOptions, AgentCertificateHandler>(Scheme, null);
    }
}
