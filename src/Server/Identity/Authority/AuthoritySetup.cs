using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Identity.Agents;
using Fleet.Server.Identity.PolicyKeys;

namespace Fleet.Server.Identity.Authority;

internal static class AuthoritySetup
{
    public static IServiceCollection AddAuthority(this IServiceCollection services, ServerOptions options, DataDirectory data) => services
        .AddSingleton(provider => CertificateAuthority.Open(data, options.CertificateLifetime, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new ServerCertificate(
            provider.GetRequiredService<CertificateAuthority>(), options.Agents.Address, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<CertificateRenewal>()
        .AddSingleton(PolicySigner.Open(data))
        .AddSingleton<PolicyKeyRefusals>()
        .AddSingleton<PolicyKeyWatch>().AddHostedService(provider => provider.GetRequiredService<PolicyKeyWatch>())
        .AddSingleton<AuthorityWatch>().AddHostedService(provider => provider.GetRequiredService<AuthorityWatch>());
}
