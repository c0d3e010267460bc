using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent;

/// <summary>endpoints.json in the data directory: where this agent is reached, for scripts. It exists while the agent runs.</summary>
internal sealed class AgentEndpointsFile : IDisposable
{
    private readonly string _path;

    private AgentEndpointsFile(string path) => _path = path;

    public static AgentEndpointsFile Write(string dataDirectory, AgentHost host, ILogger log)
    {
        string path = Path.Combine(dataDirectory, "endpoints.json");
        Dictionary<string, string> content = new(host.Endpoints) { ["name"] = host.Facts.Name };
        try
        {
            File.Delete(path); // One that a killed agent left says what is not so any more, also where there is no room for another.
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(content, FleetJson.Type<Dictionary<string, string>>(AgentJson.Indented)), secret: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.EndpointsNotWritten(path, e.Message);
        }

        return new AgentEndpointsFile(path);
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_path);
        }
        catch (IOException)
        {
            // A disk that is read-only keeps it; the next start writes it anew.
        }
    }
}
