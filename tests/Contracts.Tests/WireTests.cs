using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Testing;

namespace Fleet.Contracts.Tests;

public sealed class WireTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Records => [.. Types().Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Records))]
    public void Serialize_Record_LooksAsItsGoldenFile(string name)
    {
        (_, string json) = Example(name);
        Golden.Check($"{name.Split('`')[0]}.json", JsonNode.Parse(json)!.ToJsonString(Readable));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Deserialize_WhatWasWritten_GivesTheSame(string name)
    {
        (Type type, string json) = Example(name);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type, FleetJson.Options), type, FleetJson.Options));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Deserialize_MembersOfALaterVersion_AreIgnored(string name)
    {
        (Type type, string json) = Example(name);
        JsonNode node = JsonNode.Parse(json)!;
        AddUnknown(node, free: false);
        Assert.Contains("addedLater", node.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(node, type, FleetJson.Options), type, FleetJson.Options));
    }

    [Fact]
    public void Link_EveryMessageOfIt_HasAGoldenFile()
    {
        HashSet<Type> spoken = [typeof(EnrollRequest), typeof(EnrollReply), typeof(Assignment)];
        foreach (MethodInfo method in new[] { typeof(IAgentHub), typeof(IAgentClient) }.SelectMany(t => t.GetMethods()))
        {
            spoken.UnionWith(method.GetParameters().Select(p => p.ParameterType).Concat(method.ReturnType.GetGenericArguments()).Where(t => t.Assembly == typeof(FleetJson).Assembly));
        }

        Assert.True(spoken.Count > 12, "the interfaces of the link were not found");
        Assert.All(spoken, type => Assert.True(
            File.Exists(Path.Combine(Folder(), "golden", $"{type.Name}.json")), $"{type.Name} goes over the link and has no golden file."));
    }

    /// <summary>What earlier versions said is still read, to the last member.</summary>
    [Fact]
    public void Deserialize_EveryFrozenMessage_LosesNothing() => Assert.All(WireMessages.Frozen, message =>
    {
        (int version, string name) = message;
        Type type = Types().Single(t => t.Name == name);
        JsonObject frozen = WireMessages.Of(version, name);
        JsonNode again = JsonSerializer.SerializeToNode(frozen.Deserialize(type, FleetJson.Options), type, FleetJson.Options)!;
        Assert.True(JsonNode.DeepEquals(frozen, again), $"{name} of version {version}: {again.ToJsonString()}");
    });

    [Fact]
    public void Serialize_Enums_LookAsTheirGoldenFile() =>
        Golden.Check("enums.txt", string.Join('\n', Public().Where(t => t.IsEnum).OrderBy(t => t.Name, StringComparer.Ordinal).Select(t =>
            $"{t.Name}: {string.Join(' ', Enum.GetValues(t).Cast<object>().Select(v => JsonSerializer.Serialize(v, t, FleetJson.Options)))}")));

    [Fact]
    public void Constants_KindsAndCodes_LookAsTheirGoldenFile() =>
        Golden.Check("constants.txt", string.Join('\n', new[] { typeof(EventKinds), typeof(ErrorCodes), typeof(LinkProtocol), typeof(Scopes), typeof(Roles) }.SelectMany(t =>
            t.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => $"{t.Name}.{f.Name} = {f.GetRawConstantValue()}"))));

    [Fact]
    public void All_Kinds_HasEveryKind() =>
        Assert.Equal(
            typeof(EventKinds).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Order(),
            EventKinds.All.Order());

    [Fact]
    public void Deserialize_EventOfUnknownKind_IsAccepted()
    {
        FleetEvent read = JsonSerializer.Deserialize<FleetEvent>(
            """{"time":"2026-03-01T12:00:00Z","kind":"hold.granted","hold":{"features":["0001:01"]},"caller":{"pid":1,"comm":"x","seat":"s0"}}""",
            FleetJson.Options)!;
        Assert.Equal(("hold.granted", 1L, "x"), (read.Kind, read.Count, read.Caller!.Comm));
    }

    [Fact]
    public void Deserialize_NamesOfALaterVersion_BecomeUnknown()
    {
        EventBatch read = JsonSerializer.Deserialize<EventBatch>(
            """
            {"epoch":1,"events":[
            {"time":"2026-03-01T12:00:00Z","kind":"contention.access","decision":"divert","operation":"probe","claim":{"holder":"x","source":"tenant","offset":0,"length":4}},
            {"time":"2026-03-01T12:00:00Z","kind":"contention.access","decision":7},
            {"time":"2026-03-01T12:00:00Z","kind":"contention.access","decision":"Refuse"}]}
            """,
            FleetJson.Options)!;
        Assert.Equal([Decision.Unknown, Decision.Unknown, Decision.Refuse], read.Events.Select(e => e.Decision!.Value));
        Assert.Equal((AccessOperation.Unknown, ClaimSource.Unknown), (read.Events[0].Operation!.Value, read.Events[0].Claim!.Source));
        Assert.Contains("\"decision\":\"unknown\"", JsonSerializer.Serialize(read, FleetJson.Options), StringComparison.Ordinal);
    }

    [Fact]
    public void WireEnums_All_HaveUnknown() =>
        Assert.All(Public().Where(t => t.IsEnum), t => Assert.Equal(-1, Convert.ToInt32(Enum.Parse(t, "Unknown"), null)));

    [Theory]
    [InlineData("""{"time":"2026-03-01T12:00:00Z","kind":"host.state","decision":["refuse"]}""")]
    [InlineData("""{"kind":"host.state"}""")]
    [InlineData("""{"time":"2026-03-01T12:00:00Z","kind":"host.state","host":"xyz"}""")]
    [InlineData("""{"time":"2026-03-01T12:00:00Z","kind":"host.state","function":"0000:00:20.0"}""")]
    [InlineData("""{"time":"2026-03-01T12:00:00Z","kind":"host.state","sequence":"7"}""")]
    [InlineData("""{"time":"2026-03-01T12:00:00Z","kind":"host.state","function":7}""")]
    public void Deserialize_BrokenEvent_IsAJsonException(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<FleetEvent>(json, FleetJson.Options));

    private static string Folder([CallerFilePath] string source = "") => Path.GetDirectoryName(source)!;

    private static (Type Type, string Json) Example(string name)
    {
        Type type = Types().Single(t => t.Name == name);
        return (type, JsonSerializer.Serialize(Filled.Of(type), type, FleetJson.Options));
    }

    /// <summary>Every public record class of the contracts; a generic one with strings.</summary>
    private static IEnumerable<Type> Types() => Public()
        .Where(t => t is { IsClass: true, IsAbstract: false } && t.GetMethod("<Clone>$") is not null)
        .OrderBy(t => t.Name, StringComparer.Ordinal)
        .Select(t => t.IsGenericTypeDefinition ? t.MakeGenericType([.. t.GetGenericArguments().Select(_ => typeof(string))]) : t);

    private static Type[] Public() => typeof(FleetJson).Assembly.GetExportedTypes();

    /// <summary>Adds a member to every object but dictionaries, whose keys are data.</summary>
    private static void AddUnknown(JsonNode? node, bool free)
    {
        if (node is JsonArray array)
        {
            foreach (JsonNode? item in array)
            {
                AddUnknown(item, free: false);
            }
        }
        else if (node is JsonObject members)
        {
            foreach ((_, JsonNode? member) in members.ToArray())
            {
                AddUnknown(member, member is JsonObject inner && inner.ContainsKey("key"));
            }

            if (!free)
            {
                members["addedLater"] = new JsonObject { ["deep"] = new JsonArray(1, "two", null) };
            }
        }
    }
}
