// /metrics, in Prometheus' own format, on the operators' port. Anonymous on purpose: it names no host, device or process.
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Fleet.Server.Metrics;

internal static class MetricsFeature
{
    public static IServiceCollection AddFleetMetrics(this IServiceCollection services)
    {
        services.AddSingleton<FleetMetrics>().AddSingleton<FleetGauges>().AddSingleton<CertificateGauges>();
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("fleet-server", serviceVersion: FleetGauges.Version)).WithMetrics(metrics => metrics
            .AddMeter(FleetMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddPrometheusExporter());
        return services;
    }

    public static void MapFleetMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint().AllowAnonymous();

    /// <summary>Creates the gauges and shows every known label set; after the host has started, when the exporter listens.</summary>
    public static void BeginFleetMetrics(this IServiceProvider services)
    {
        services.GetRequiredService<FleetGauges>();
        services.GetRequiredService<CertificateGauges>();
        services.GetRequiredService<FleetMetrics>().Begin();
        services.GetRequiredService<AttestationMetrics>().Begin();
    }
}
