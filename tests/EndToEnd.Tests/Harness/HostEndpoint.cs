namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>One host of endpoints.json.</summary>
internal sealed record HostEndpoint(string Name, string? Mirror, Uri? Metrics);
