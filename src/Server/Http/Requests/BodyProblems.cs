using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;

namespace Fleet.Server.Http.Requests;

/// <summary>Says in the words of the API what is wrong with a request that could not be read; the framework speaks of the program's types.</summary>
internal static partial class BodyProblems
{
    private const string NeedsJson = "This takes a JSON body; send it with Content-Type: application/json.";

    public static string Of(BadHttpRequestException error, Endpoint? endpoint, JsonSerializerOptions options) => error switch
    {
        { InnerException: JsonException json } => Of(json, endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType, options),
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => NeedsJson,
        _ when error.Message.StartsWith("Required parameter", StringComparison.Ordinal) || error.Message.StartsWith("Implicit body", StringComparison.Ordinal) => $"{NeedsJson} There is none.",
        _ when error.Message.Contains("parameter", StringComparison.Ordinal) => "The request does not have the form that this takes.",
        _ => error.Message,
    };

    private static string Of(JsonException error, Type? body, JsonSerializerOptions options)
    {
        // The reader stands at the byte that is wrong, and after a value that does not fit.
        bool noJson = error.InnerException is JsonException;
        string place = error.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {error.BytePositionInLine + (noJson ? 1 : 0)})")
            : "";
        string at = error.Path is null or "$" ? "The body" : error.Path.Replace("$.", "", StringComparison.Ordinal);
        JsonTypeInfo? type = body is null ? null : options.GetTypeInfo(body);
        if (Unmapped().Match(error.Message) is { Success: true } unmapped)
        {
            JsonTypeInfo? holder = type is null ? null : Walk(type, error.Path, options, toHolderOf: unmapped.Groups[1].Value);
            return $"There is no member '{unmapped.Groups[1].Value}' in the body{place}{Known(holder)}. Nothing was done.";
        }

        if (Missing().Match(error.Message) is { Success: true } missing)
        {
            return $"The body lacks {missing.Groups[1].Value.Replace("'", "", StringComparison.Ordinal).TrimEnd('.')}{Known(type)}.";
        }

        if (error.Message.Contains("could not be converted", StringComparison.Ordinal))
        {
            JsonTypeInfo? expected = type is null ? null : Walk(type, error.Path, options, toHolderOf: null);
            return $"{at} has a value of the wrong kind{place}{(Kind(expected) is { } kind ? $"; it must be {kind}" : "")}.";
        }

        // What is no JSON at all is said by the reader, who knows nothing of types, and what is no identity by that identity.
        string reason = error.Message.Split(" Path:")[0].Split(" LineNumber:")[0];
        return noJson ? $"The body is no JSON{place}: {reason}"
            : reason.Contains("type '", StringComparison.Ordinal) ? $"{at} does not have the form that this takes{place}."
            : $"{at}{place}: {reason}";
    }

    private static string Known(JsonTypeInfo? type) =>
        type is { Properties.Count: > 0 } ? $"; it may have {string.Join(", ", type.Properties.Select(property => property.Name))}" : "";

    private static string? Kind(JsonTypeInfo? type)
    {
        Type? of = type is null ? null : Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return of == typeof(int) || of == typeof(long) ? "a whole number"
            : of == typeof(bool) ? "true or false"
            : of == typeof(string) ? "a text"
            : type?.Kind is JsonTypeInfoKind.Enumerable ? "a list"
            : type?.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary ? "an object"
            : null;
    }

    // Follows a path such as $.waves[0].gates.
    private static JsonTypeInfo? Walk(JsonTypeInfo type, string? path, JsonSerializerOptions options, string? toHolderOf)
    {
        JsonTypeInfo? at = type;
        string[] steps = (path ?? "$").Split('.', '[')[1..];
        if (toHolderOf is not null && steps is [.., { } last] && last == toHolderOf)
        {
            steps = steps[..^1];
        }

        foreach (string step in steps)
        {
            at = step.EndsWith(']') || at?.Kind is JsonTypeInfoKind.Dictionary
                ? at?.ElementType is { } element ? options.GetTypeInfo(element) : null
                : at?.Properties.FirstOrDefault(property => property.Name.Equals(step, StringComparison.OrdinalIgnoreCase)) is { } property ? options.GetTypeInfo(property.PropertyType) : null;
        }

        return at;
    }

    [GeneratedRegex("JSON property '([^']*)' could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: (.*?)\\.?$")]
    private static partial Regex Missing();
}
