using System.Text.Json;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>What ./run writes for programs: endpoints.json.</summary>
internal sealed record RunEndpoints(Uri Dashboard, Uri Metrics, Uri Agents, HostEndpoint? Host, SimulatedEndpoints Simulated)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static RunEndpoints Read(string path) => JsonSerializer.Deserialize<RunEndpoints>(File.ReadAllText(path), Options)!;
}
