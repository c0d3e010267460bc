using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fleet.Contracts;

/// <summary>The one way these contracts are written as JSON: lowerCamelCase names, null left out, identities as strings.</summary>
public static class FleetJson
{
    /// <summary>Shared, read-only options.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Adds the converters and naming rules to options made elsewhere (ASP.NET Core, SignalR).</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new ParsableConverter<Pci.PciAddress>());
        options.Converters.Add(new ParsableConverter<HostId>());
        options.Converters.Add(new ParsableConverter<FunctionId>());
        options.TypeInfoResolverChain.Insert(0, HostJson.Default);
    }

    /// <summary>The same way for types of a room's own beside the contracts, from that room's generated context.</summary>
    public static JsonSerializerOptions With(IJsonTypeInfoResolver? types, bool indented = false)
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web) { WriteIndented = indented };
        Configure(options);
        if (types is not null)
        {
            options.TypeInfoResolverChain.Add(types);
        }

        options.MakeReadOnly();
        return options;
    }

    /// <summary>What is known of a type that the options write and read.</summary>
    /// <exception cref="NotSupportedException">It stands in no generated context: add it there.</exception>
    public static JsonTypeInfo<T> Type<T>(JsonSerializerOptions? options = null) => (JsonTypeInfo<T>)(options ?? Options).GetTypeInfo(typeof(T));

    /// <summary>A value as UTF-8.</summary>
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Type<T>());

    /// <summary>A value from UTF-8; null when the text is the word null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static T? Read<T>(ReadOnlySpan<byte> text) => JsonSerializer.Deserialize(text, Type<T>());

    /// <summary>The name an enum value has on the wire.</summary>
    public static string Word<T>(T value, JsonSerializerOptions? options = null)
        where T : struct, Enum => JsonSerializer.SerializeToElement(value, Type<T>(options)).GetString() ?? "unknown";

    private static JsonSerializerOptions Create() => With(JsonSerializer.IsReflectionEnabledByDefault ? ByReflection() : null);

    // The server's processes also write types that stand in no context. An agent is compiled without this: what a host says and reads is
    // in HostJson, and its tests run as it does.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only called where reflection is switched on, which it is not in a trimmed program.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only called where reflection is switched on, which it is not in a compiled program.")]
    private static DefaultJsonTypeInfoResolver ByReflection() => new();
}
