using System.Text;
using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Simulator.Running;

/// <summary>sim-endpoints.json: where each simulated host is reached, for scripts and tests. It exists while the simulator runs.</summary>
internal static class EndpointsFile
{
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "sim-endpoints.json");

    public static void Write(string dataDirectory, Uri metrics, IEnumerable<SimulatedHost> hosts)
    {
        Content content = new(
            Environment.ProcessId, metrics.ToString(),
            [.. hosts.Select(h => new HostEntry(h.Name, h.Agent.Host?.ToString(), h.Agent.MirrorPath, h.Agent.SocketPath, metrics.ToString(), h.Hardware.PciRoot))]);
        DurableFile.Write(PathIn(dataDirectory), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(content, Indented) + "\n"), secret: false);
    }

    private sealed record Content(int Pid, string Metrics, IReadOnlyList<HostEntry> Hosts);

    private sealed record HostEntry(string Name, string? Id, string? Mirror, string Socket, string Metrics, string Tree);
}
