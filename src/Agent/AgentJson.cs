using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fleet.Contracts;

namespace Fleet.Agent;

/// <summary>JSON of the contracts and of the agent's own types, without reflection: the agent is shipped compiled.</summary>
internal static class AgentJson
{
    public static JsonSerializerOptions Options { get; } = FleetJson.With(AgentTypes.Default);

    public static JsonSerializerOptions Indented { get; } = FleetJson.With(AgentTypes.Default, indented: true);

    public static JsonTypeInfo<T> Type<T>() => FleetJson.Type<T>(Options);
}
