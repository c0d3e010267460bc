// Attestation over REST: where functions stand and why, evidence, reference values, baselines, quarantine. Jobs and appraisals are in Reconcile/Attestation.
using System.Security.Cryptography;
using Fleet.Contracts;
using Fleet.Server.Hosting;
using Fleet.Server.Identity;
using Fleet.Server.Live.Attestation;
using Fleet.Server.Reconcile.Attestation;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;

namespace Fleet.Server.Features.Attestation;

internal static class AttestationFeature
{
    public static IServiceCollection AddAttestation(this IServiceCollection services, ServerOptions options) => services
        .AddSingleton(options.Attestation)
        .AddSingleton(new NonceSource(RandomNumberGenerator.Create()))
        .AddSingleton<ChainVerifier>()
        .AddSingleton<DeviceDirectory>()
        .AddSingleton<ReferenceCatalog>()
        .AddSingleton<AttestationViews>()
        .AddSingleton<AttestationMetrics>()
        .AddSingleton<Verifier>()
        .AddSingleton<Appraisals>()
        .AddSingleton<IAppraisals>(provider => provider.GetRequiredService<Appraisals>())
        .AddSingleton<Attestations>()
        .AddSingleton<IAttestations>(provider => provider.GetRequiredService<Attestations>())
        .AddSingleton<ReferenceViews>()
        .AddSingleton<ImportKeys>()
        .AddScoped<ReferenceChanges>()
        .AddHostedService<AttestationReconciler>();

    public static void MapAttestation(this RouteGroupBuilder api)
    {
        RouteGroupBuilder read = Group(api, Scopes.AttestationRead);
        ListAttestations.Map(read);
        GetAttestation.Map(read);
        GetReferences.Map(read);
        GetBaselines.Map(read);
        AttestFunction.Map(Group(api, Scopes.AttestationRun));
        Quarantine.Map(read, Group(api, Scopes.QuarantineRelease));
        RouteGroupBuilder change = Group(api, Scopes.ReferencesWrite);
        PutReferences.Map(change);
        DeleteReferences.Map(change);
        ImportReferences.Map(change);
        ImportSigned.Map(change);
        ChangeBaseline.Map(change);
    }

    private static RouteGroupBuilder Group(RouteGroupBuilder api, string scope) => api.MapGroup("").WithTags("Attestation").Needs(scope);
}
