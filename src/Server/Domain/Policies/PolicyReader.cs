using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Server.Domain.Policies;

/// <summary>
/// Reads a policy document (apiVersion fleet/v1, kind ClaimPolicy). Every error is reported, each with line, column and path, and
/// nothing is ignored: a key this version does not carry out is an error, because a policy that does less than it says is worse
/// than none.
/// </summary>
internal static partial class PolicyReader
{
    public const int DefaultPriority = 100;
    private const int MaxPriority = 1000;
    private const int MaxDescription = 1000;
    private static readonly string[] RootKeys = ["apiVersion", "kind", "metadata", "spec"];
    private static readonly string[] MetadataKeys = ["name", "description"];
    private static readonly string[] SpecKeys = ["priority", "mode", "onAgentLoss", "hosts", "functions", "claims"];
    private static readonly string[] SpecKeysNotYet = ["mailboxes", "attestation"];
    private static readonly Dictionary<string, EnforcementMode> Modes = new()
    {
        ["observe"] = EnforcementMode.Observe,
        ["shadow"] = EnforcementMode.Shadow,
        ["enforce"] = EnforcementMode.Enforce,
    };

    private static readonly Dictionary<string, AgentLossAction> LossActions = new()
    {
        ["open"] = AgentLossAction.Open,
        ["closed"] = AgentLossAction.Closed,
        ["wait"] = AgentLossAction.Wait,
    };

    /// <param name="bytes">The document, UTF-8.</param>
    /// <param name="expectedName">The name it must have; null for any.</param>
    public static PolicyReading Read(ReadOnlySpan<byte> bytes, string? expectedName = null)
    {
        DiagnosticList errors = new();
        PolicyDocument? document = null;
        if (DocumentText.TryRead(bytes, errors, out string text) && DocumentParser.Parse(text, errors) is { } root)
        {
            document = ReadRoot(new ValueReader(errors, text), new Field(root, ""), expectedName);
        }

        return new PolicyReading(errors.IsEmpty ? document : null, errors.ToOrdered());
    }

    public static bool IsName(string name) => NamePattern().IsMatch(name);

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\z")]
    private static partial Regex NamePattern();

    private static PolicyDocument? ReadRoot(ValueReader reader, Field root, string? expectedName)
    {
        if (reader.Map(root, RootKeys) is not { } map)
        {
            return null;
        }

        Constant(reader, map, "apiVersion", "fleet/v1");
        Constant(reader, map, "kind", "ClaimPolicy");
        (string? name, string? description) = reader.Need(map, "metadata", "a mapping with name and description") is { } metadata
            ? ReadMetadata(reader, metadata, expectedName)
            : default;
        return reader.Need(map, "spec", "a mapping with mode and claims") is { } spec ? ReadSpec(reader, spec, name, description) : null;
    }

    private static void Constant(ValueReader reader, FieldMap map, string key, string value)
    {
        if (reader.Need(map, key, value) is { } field && field.Node is not ScalarNode { IsNull: false })
        {
            reader.Wrong(field, value);
        }
        else if (map.Find(key) is { Node: ScalarNode found } wrong && found.Value != value)
        {
            reader.Errors.Add(found, wrong.Path, $"'{ValueReader.Clip(found.Value)}' is not known; expected {value}.");
        }
    }

    private static (string? Name, string? Description) ReadMetadata(ValueReader reader, Field metadata, string? expectedName)
    {
        if (reader.Map(metadata, MetadataKeys) is not { } map)
        {
            return default;
        }

        string? name = reader.Need(map, "name", "the policy's name") is { } field ? ReadName(reader, field, expectedName) : null;
        return (name, map.Find("description") is { } text ? reader.Text(text, MaxDescription) : null);
    }

    private static string? ReadName(ValueReader reader, Field field, string? expectedName)
    {
        if (reader.Text(field, MaxDescription) is not { } name)
        {
            return null;
        }

        if (!IsName(name))
        {
            reader.Errors.Add(
                field.Node, field.Path, $"'{ValueReader.Clip(name)}' is not a name; expected 1 to 63 of a-z, 0-9 and -, neither first nor last a dash.");
            return null;
        }

        if (expectedName is not null && name != expectedName)
        {
            reader.Errors.Add(field.Node, field.Path, $"The document names '{name}' and the address '{ValueReader.Clip(expectedName)}'; they must be the same.");
            return null;
        }

        return name;
    }

    private static PolicyDocument? ReadSpec(ValueReader reader, Field spec, string? name, string? description)
    {
        if (reader.Map(spec, SpecKeys, SpecKeysNotYet) is not { } map)
        {
            return null;
        }

        long? priority = map.Find("priority") is { } number ? reader.Integer(number, 0, MaxPriority) : DefaultPriority;
        EnforcementMode? mode = reader.Need(map, "mode", "observe, shadow or enforce") is { } word ? reader.Word(word, Modes) : null;
        AgentLossAction? onAgentLoss = map.Find("onAgentLoss") is { } loss ? reader.Word(loss, LossActions) : null;
        Selector? hosts = ReadSelector(reader, map, "hosts", Selectables.HostFields);
        Selector? functions = ReadSelector(reader, map, "functions", Selectables.LocalFunctionFields);
        IReadOnlyList<CompiledClaim>? claims =
            reader.Need(map, "claims", "a list of claims") is { } list ? ClaimReader.ReadAll(reader, list) : null;
        return name is null || priority is null || mode is null || hosts is null || functions is null || claims is null
            ? null
            : new PolicyDocument
            {
                Name = name,
                Description = description,
                Hosts = hosts,
                Priority = (int)priority,
                Mode = mode.Value,
                OnAgentLoss = onAgentLoss,
                Functions = functions,
                Claims = claims,
            };
    }

    private static Selector? ReadSelector(ValueReader reader, FieldMap map, string key, IReadOnlyList<string> fields) =>
        map.Find(key) is { } field ? reader.Selector(field, fields) : Selector.All;
}
