namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>What fleet-sim tells of its hosts; all of them share one /metrics.</summary>
internal sealed record SimulatedEndpoints(IReadOnlyList<HostEndpoint> Hosts);
