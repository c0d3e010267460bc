using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent;

/// <summary>endpoints.json in the data directory: where this agent is reached, for scripts. It exists while the agent runs.</summary>
internal sealed class AgentEndpointsFile : IDisposable
{
    private readonly string _path;

    private AgentEndpointsFile(string path) => _path = path;

    public static AgentEndpointsFile Write(string dataDirectory, AgentHost host)
    {
        string path = Path.Combine(dataDirectory, "endpoints.json");
        Dictionary<string, string> content = new(host.Endpoints) { ["name"] = host.Facts.Name };
        DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(content, FleetJson.Type<Dictionary<string, string>>(AgentJson.Indented)), secret: false);
        return new AgentEndpointsFile(path);
    }

    public void Dispose() => File.Delete(_path);
}
