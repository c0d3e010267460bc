using System.Text.Json;
using System.Text.Json.Serialization;
using Fleet.Agent.Attestation;
using Fleet.Agent.Local;
using Fleet.Agent.Uplink;

namespace Fleet.Agent;

/// <summary>The types of which only this room knows.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Assignments.Stored))]
[JsonSerializable(typeof(StoredIdentity))]
[JsonSerializable(typeof(AttestationReport))]
[JsonSerializable(typeof(LocalCdat))]
[JsonSerializable(typeof(ReferenceFile))]
internal sealed partial class AgentTypes : JsonSerializerContext;
