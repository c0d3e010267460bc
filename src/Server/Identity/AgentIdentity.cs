using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;

namespace Fleet.Server.Identity;

/// <summary>Who an agent is: the host that its certificate names, if that host joined with this very key.</summary>
internal static class AgentIdentity
{
    private const string HostClaim = "host";

    public static HostId Of(ClaimsPrincipal principal) => HostId.Parse(principal.FindFirst(HostClaim)!.Value);

    public static AuthenticationBuilder AddAgentCertificates(this AuthenticationBuilder authentication, CertificateAuthority authority) =>
        authentication.AddCertificate(CertificateAuthenticationDefaults.AuthenticationScheme, options =>
        {
            options.AllowedCertificateTypes = CertificateTypes.Chained;
            options.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
            options.CustomTrustStore = [authority.Certificate];
            options.RevocationMode = X509RevocationMode.NoCheck; // Hosts that may not come back are gone from the directory.
            options.ValidateCertificateUse = true;
            options.Events = new CertificateAuthenticationEvents { OnCertificateValidated = Bind };
        });

    private static Task Bind(CertificateValidatedContext context)
    {
        HostDirectory directory = context.HttpContext.RequestServices.GetRequiredService<HostDirectory>();
        string name = context.ClientCertificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (!HostId.TryParse(name, out HostId id) || !directory.TryGet(id, out HostRecord? host)
            || host.KeyThumbprint != CertificateAuthority.Thumbprint(context.ClientCertificate.PublicKey))
        {
            context.Fail("No host has joined with this certificate's key.");
            return Task.CompletedTask;
        }

        ClaimsIdentity identity = new([new Claim(HostClaim, id.ToString()), new Claim(ClaimTypes.Name, host.Name)], context.Scheme.Name);
        context.Principal = new ClaimsPrincipal(identity);
        context.Success();
        return Task.CompletedTask;
    }
}
