using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Fleet.Agent.Attestation;
using Fleet.Agent.Local;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent;

/// <summary>JSON of the contracts and of the agent's own types, without reflection: the agent is shipped compiled.</summary>
internal static class AgentJson
{
    public static JsonSerializerOptions Options { get; } = FleetJson.With(AgentTypes.Default);

    public static JsonSerializerOptions Indented { get; } = FleetJson.With(AgentTypes.Default, indented: true);

    public static JsonTypeInfo<T> Type<T>() => FleetJson.Type<T>(Options);
}

/// <summary>The types of which only this room knows.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Assignments.Stored))]
[JsonSerializable(typeof(AttestationReport))]
[JsonSerializable(typeof(LocalCdat))]
[JsonSerializable(typeof(ReferenceFile))]
internal sealed partial class AgentTypes : JsonSerializerContext;
