// /metrics, in Prometheus' own format, on the operators' port. Anonymous on purpose: it names no host, device or process.
using System.Diagnostics.Metrics;
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

        // Meters are found by name in the whole process: those of another server in it (tests run several) are not this one's, and would use up its limit.
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            IMeterFactory own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument => instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, own) ? null : MetricStreamConfiguration.Drop);
        });
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
