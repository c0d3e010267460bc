using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;

namespace Fleet.Server.Domain.Attestation;

/// <summary>Reads reference values; every error is told, with its place.</summary>
internal sealed class ReferenceReader
{
    public const int MaxBytes = 512 * 1024;

    private const int MostAnchors = 32;
    private const int MostValues = 256;
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private static readonly JsonSerializerOptions Readable = new(Options) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly List<Diagnostic> _errors = [];

    /// <returns>The values; null where there are errors.</returns>
    public static ReferenceValues? Read(string name, int revision, ReadOnlySpan<byte> bytes, out IReadOnlyList<Diagnostic> errors)
    {
        ReferenceReader reader = new();
        ReferenceValues? values = reader.Read(name, revision, bytes);
        errors = reader._errors;
        return reader._errors.Count is 0 ? values : null;
    }

    private ReferenceValues? Read(string name, int revision, ReadOnlySpan<byte> bytes)
    {
        ReferenceDocument? document;
        try
        {
            document = JsonSerializer.Deserialize<ReferenceDocument>(bytes, Options);
        }
        catch (JsonException error)
        {
            _errors.Add(new Diagnostic((int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1, error.Path ?? "", error.Message));
            return null;
        }

        if (document is null)
        {
            Wrong("", "The document is null; expected an object with a selector.");
            return null;
        }

        if (!Selector.TryParse(document.Selector, Selectables.FunctionFields, out Selector? selector, out SelectorError? fault))
        {
            Wrong("selector", $"At character {fault.Value.Position + 1}: {fault.Value.Message}");
        }

        if (document.Schedule?.Every < TimeSpan.FromSeconds(1) || document.Schedule?.MaxAge < TimeSpan.FromSeconds(1))
        {
            Wrong("schedule", "Times are at least a second.");
        }

        AppraisalPolicy policy = Policy(document);
        return selector is null ? null : new ReferenceValues(name, revision, document, selector, policy);
    }

    private AppraisalPolicy Policy(ReferenceDocument document)
    {
        ReferenceDocument.ProtocolFloors floors = document.Spdm ?? new();
        AppraisalPolicy defaults = new();
        return new AppraisalPolicy
        {
            MinimumVersion = Version(floors.MinVersion),
            Signatures = Bits("spdm.signatures", floors.Signatures, SpdmAlgorithms.Signatures, SpdmAlgorithms.SignatureName, defaults.Signatures),
            Hashes = Bits("spdm.hashes", floors.Hashes, SpdmAlgorithms.Hashes, SpdmAlgorithms.DigestName, defaults.Hashes),
            RequireChallenge = floors.RequireChallenge,
            RequireSignedMeasurements = floors.RequireSignedMeasurements,
            RequireFresh = floors.RequireFresh,
            Anchors = Anchors(document.Anchors ?? []),
            Model = document.Identity?.Model ?? CertificateModel.Any,
            RequireFunctionName = document.Identity?.FunctionNameRequired ?? true,
            References = Rules(document.Measurements ?? []),
            UnknownIndex = document.UnknownIndex,
            RequireNormalMode = document.DeviceMode?.RequireNormal ?? true,
            ForbidDebug = document.DeviceMode?.ForbidDebug ?? true,
        };
    }

    private SpdmVersion Version(string? text)
    {
        if (text is null)
        {
            return SpdmVersion.V10;
        }

        SpdmVersion[] found = [.. Enum.GetValues<SpdmVersion>().Where(version => ConversationText.Of(version) == text)];
        if (found is [SpdmVersion known])
        {
            return known;
        }

        Wrong("spdm.minVersion", $"'{text}' is not a version; expected one of {string.Join(", ", Enum.GetValues<SpdmVersion>().Select(ConversationText.Of))}.");
        return SpdmVersion.V14;
    }

    private uint Bits(string path, IReadOnlyList<string>? names, uint known, Func<uint, string> name, uint otherwise)
    {
        if (names is null)
        {
            return otherwise;
        }

        Dictionary<string, uint> bits = Enumerable.Range(0, 32).Select(bit => 1u << bit).Where(bit => (known & bit) != 0).ToDictionary(name, bit => bit, StringComparer.OrdinalIgnoreCase);
        uint sum = 0;
        foreach (string one in names)
        {
            if (!bits.TryGetValue(one, out uint bit))
            {
                Wrong(path, $"'{one}' is none of {string.Join(", ", bits.Keys)}.");
            }

            sum |= bit;
        }

        return sum;
    }

    private ImmutableArray<ReadOnlyMemory<byte>> Anchors(IReadOnlyList<string> texts)
    {
        if (texts.Count > MostAnchors)
        {
            Wrong("anchors", $"There are {texts.Count} anchors; at most {MostAnchors} are taken.");
            return [];
        }

        return [.. texts.Select((text, i) => Anchor($"anchors[{i}]", text)).Where(der => der.Length > 0)];
    }

    private ReadOnlyMemory<byte> Anchor(string path, string text)
    {
        try
        {
            byte[] der = PemEncoding.TryFind(text, out PemFields pem) ? Convert.FromBase64String(text[pem.Base64Data]) : Convert.FromBase64String(text);
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(der);
            if (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            {
                return der;
            }

            Wrong(path, $"{certificate.Subject} is issued by {certificate.Issuer}; an anchor is a root, issued by itself.");
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            Wrong(path, $"It is no certificate in base64 or PEM: {error.Message}");
        }

        return default;
    }

    private ImmutableArray<ReferenceRule> Rules(IReadOnlyList<ReferenceDocument.MeasurementRule> rules)
    {
        foreach (int twice in rules.GroupBy(rule => rule.Index).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            Wrong("measurements", $"Index {twice} has more than one rule; give all its digests to one.");
        }

        return [.. rules.Select((rule, i) => Rule($"measurements[{i}]", rule)).OfType<ReferenceRule>()];
    }

    private ReferenceRule? Rule(string path, ReferenceDocument.MeasurementRule rule)
    {
        if (rule.Index is < 1 or > 254 || rule.Type is < 0 or > 127)
        {
            Wrong(path, "index is 1 to 254, type 0 to 127.");
            return null;
        }

        IReadOnlyList<string> values = rule.Values ?? [];
        string? problem = rule.Rule switch
        {
            ReferenceKind.AnyOf when values.Count is 0 or > MostValues => $"anyOf needs 1 to {MostValues} values.",
            ReferenceKind.Raw when values.Count is not 1 => "raw needs one value.",
            ReferenceKind.Mask when values.Count is not 1 || rule.Mask is null || rule.Mask.Length != values[0].Length => "mask needs one value and a mask of its length.",
            ReferenceKind.SvnMin when rule.Minimum is null || values.Count > 0 => "svnMin needs a minimum and no values.",
            ReferenceKind.Ignore when values.Count > 0 => "ignore takes no values.",
            _ => values.Append(rule.Mask ?? "").Any(hex => hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit)) ? "values and mask are hexadecimal, whole bytes." : null,
        };
        if (problem is not null)
        {
            Wrong(path, problem);
            return null;
        }

        return new ReferenceRule((byte)rule.Index, rule.Rule)
        {
            Type = (byte?)rule.Type,
            Values = [.. values.Select(value => (ReadOnlyMemory<byte>)Convert.FromHexString(value))],
            Mask = rule.Mask is null ? default : Convert.FromHexString(rule.Mask),
            Minimum = rule.Minimum ?? 0,
            Required = rule.Required,
        };
    }

    private static ReferenceDocument.MeasurementRule Of(ReferenceRule rule) => new(
        rule.Index,
        rule.Kind,
        rule.Type,
        rule.Values.IsEmpty ? null : [.. rule.Values.Select(value => Convert.ToHexStringLower(value.Span))],
        rule.Mask.IsEmpty ? null : Convert.ToHexStringLower(rule.Mask.Span),
        rule.Kind is ReferenceKind.SvnMin ? rule.Minimum : null,
        rule.Required);

    private void Wrong(string path, string message) => _errors.Add(new Diagnostic(1, 1, path, message));

    /// <summary>A document of these rules, for people to complete.</summary>
    /// <param name="chain">Certificates in PEM, the root first; null for no anchor.</param>
    public static string Draft(string selector, string summary, string? chain, ImmutableArray<ReferenceRule> rules)
    {
        string[] anchors = chain is not null && PemEncoding.TryFind(chain, out PemFields root) ? [chain[root.Base64Data].ReplaceLineEndings("")] : [];
        return JsonSerializer.Serialize(
            new ReferenceDocument { Selector = selector, Summary = summary, Anchors = anchors, Measurements = [.. rules.Select(Of)] },
            Readable);
    }

    /// <summary>Rules as their document has them, for baselines.</summary>
    public static string WriteRules(ImmutableArray<ReferenceRule> rules) => JsonSerializer.Serialize(rules.Select(Of), Options);

    /// <summary>Reads what <see cref="WriteRules"/> wrote.</summary>
    public static ImmutableArray<ReferenceRule> ReadRules(string json)
    {
        ReferenceReader reader = new();
        ImmutableArray<ReferenceRule> rules = reader.Rules(JsonSerializer.Deserialize<List<ReferenceDocument.MeasurementRule>>(Encoding.UTF8.GetBytes(json), Options)!);
        return reader._errors.Count is 0 ? rules : throw new InvalidDataException($"The stored rules are not understood by this version: {reader._errors[0].Message}");
    }
}
