using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Fleet.Contracts.Tests;

/// <summary>An agent has generated code where the server reflects: both must read and write the same.</summary>
public sealed class HostJsonTests
{
    private static readonly JsonSerializerOptions Generated = FleetJson.With(null);
    private static readonly JsonSerializerOptions Reflected = Reflecting();

    public static TheoryData<Type> Records => [.. typeof(FleetJson).Assembly.GetExportedTypes().Where(IsHostRecord).OrderBy(t => t.Name, StringComparer.Ordinal)];

    [Fact]
    public void Context_EveryTypeOfTheLink_IsInIt() =>
        Assert.All(
            new[] { typeof(IAgentHub), typeof(IAgentClient) }.SelectMany(t => t.GetMethods()).SelectMany(Spoken),
            type => Assert.True(HostJson.Default.GetTypeInfo(type) is not null, $"{type} goes over the link: add it to HostJson."));

    [Theory]
    [MemberData(nameof(Records))]
    public void Write_WholeRecord_IsAsByReflection(Type type)
    {
        object example = Filled.Of(type);
        Assert.Equal(JsonSerializer.Serialize(example, type, Reflected), JsonSerializer.Serialize(example, type, Generated));
    }

    /// <summary>What a later or earlier version leaves out has the same default, or the same refusal, whoever reads.</summary>
    [Theory]
    [MemberData(nameof(Records))]
    public void Read_AnyMemberMissing_IsAsByReflection(Type type)
    {
        string whole = JsonSerializer.Serialize(Filled.Of(type), type, Reflected);
        foreach (string name in JsonNode.Parse(whole)!.AsObject().Select(member => member.Key).ToList())
        {
            JsonObject cut = JsonNode.Parse(whole)!.AsObject();
            cut.Remove(name);
            Assert.Equal((name, Read(cut, type, Reflected)), (name, Read(cut, type, Generated)));
        }
    }

    private static string? Read(JsonObject text, Type type, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Serialize(JsonSerializer.Deserialize(text, type, options), type, Reflected);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsHostRecord(Type type) =>
        type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && type.GetMethod("<Clone>$") is not null && HostJson.Default.GetTypeInfo(type) is not null;

    private static IEnumerable<Type> Spoken(MethodInfo method) =>
    [
        .. method.GetParameters().Select(parameter => parameter.ParameterType),
        .. method.ReturnType.GetGenericArguments(),
    ];

    private static JsonSerializerOptions Reflecting()
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web);
        FleetJson.Configure(options);
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver();
        return options;
    }
}
