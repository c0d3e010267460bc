using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.Spdm.Appraisal;

namespace Fleet.Agent.Attestation;

/// <summary>Reference values in a file: what measurements must be, as JSON that people can read and change.</summary>
internal sealed record ReferenceFile(ImmutableArray<ReferenceFile.Entry> Measurements)
{
    private const int MaxSize = 1 << 20;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter<ReferenceKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        TypeInfoResolver = AgentTypes.Default,
    };

    /// <summary>A rule of the file; values and mask are hexadecimal.</summary>
    internal sealed record Entry(int Index, ReferenceKind Rule, int? Type = null, IReadOnlyList<string>? Values = null, string? Mask = null, ulong? Minimum = null, bool Required = true);

    public static string Write(ImmutableArray<ReferenceRule> rules) => JsonSerializer.Serialize(
        new ReferenceFile([
            .. rules.Select(rule => new Entry(
                rule.Index,
                rule.Kind,
                rule.Type,
                rule.Values.IsEmpty ? null : [.. rule.Values.Select(value => Convert.ToHexStringLower(value.Span))],
                rule.Mask.IsEmpty ? null : Convert.ToHexStringLower(rule.Mask.Span),
                rule.Kind == ReferenceKind.SvnMin ? rule.Minimum : null,
                rule.Required)),
        ]),
        FleetJson.Type<ReferenceFile>(Options));

    /// <exception cref="InvalidDataException">The file is no list of rules; the message says where.</exception>
    public static ImmutableArray<ReferenceRule> Read(string path)
    {
        try
        {
            FileInfo file = new(path);
            if (file.Length > MaxSize)
            {
                throw new InvalidDataException($"{path} has {file.Length} bytes; {MaxSize} are taken.");
            }

            ReferenceFile? read = JsonSerializer.Deserialize(File.ReadAllBytes(path), FleetJson.Type<ReferenceFile>(Options));
            return read is null || read.Measurements.IsDefault
                ? throw new InvalidDataException($"{path} has no \"measurements\".")
                : [.. read.Measurements.Select(ToRule)];
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"{path} is no list of reference values: {e.Message}", e);
        }
    }

    private static ReferenceRule ToRule(Entry entry) => new(checked((byte)entry.Index), entry.Rule)
    {
        Type = entry.Type is { } type ? checked((byte)type) : null,
        Values = [.. (entry.Values ?? []).Select(value => (ReadOnlyMemory<byte>)Convert.FromHexString(value))],
        Mask = entry.Mask is null ? default : Convert.FromHexString(entry.Mask),
        Minimum = entry.Minimum ?? 0,
        Required = entry.Required,
    };
}
