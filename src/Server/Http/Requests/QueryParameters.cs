using System.Globalization;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Fleet.Server.Http.Requests;

/// <summary>
/// What the query of an endpoint may have: what its handler binds. A misspelt parameter would otherwise be as if it were not there, and dry-run=true would
/// do the real thing.
/// </summary>
internal sealed class QueryParameters
{
    // Of a nullable one with a name of its own the framework does not say that it can be parsed.
    private static readonly Type[] Simple = [typeof(string), typeof(int), typeof(bool), typeof(DateTimeOffset)];
    private readonly SortedDictionary<string, Type> _types = new(StringComparer.OrdinalIgnoreCase);

    private QueryParameters(IEnumerable<IParameterBindingMetadata> bound, IReadOnlyCollection<string> route)
    {
        foreach (IParameterBindingMetadata parameter in bound)
        {
            Type type = Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType;
            bool fromHeader = parameter.ParameterInfo.IsDefined(typeof(FromHeaderAttribute), inherit: false);
            if (!fromHeader && (Simple.Contains(type) || parameter.HasTryParse) && !route.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase))
            {
                _types[JsonName(parameter.Name)] = type;
            }
        }
    }

    /// <summary>In the order of the alphabet.</summary>
    public IEnumerable<string> Names => _types.Keys;

    /// <summary>A parameter as it is written on the wire.</summary>
    public static string JsonName(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>Learns from each endpoint of a group what its handler binds, and keeps it with the endpoint.</summary>
    public static void Declare(IEndpointConventionBuilder endpoints) => endpoints.Finally(endpoint =>
    {
        if (endpoint is RouteEndpointBuilder route)
        {
            string[] inPath = [.. route.RoutePattern.Parameters.Select(parameter => parameter.Name)];
            endpoint.Metadata.Add(new QueryParameters(endpoint.Metadata.OfType<IParameterBindingMetadata>(), inPath));
        }
    });

    /// <summary>Looks at the query of a request.</summary>
    /// <returns>Null when it is right; else what is wrong, and with which parameter.</returns>
    public Diagnostic? Check(IQueryCollection query)
    {
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in query)
        {
            if (!_types.TryGetValue(name, out Type? type))
            {
                string known = _types.Count is 0 ? "none" : string.Join(", ", Names);
                return Wrong(name, $"There is no parameter '{Clip(name)}' here; there is: {known}. Nothing was done.");
            }

            if (values.Count is not 1)
            {
                return Wrong(name, $"{name} is given {values.Count} times; it is taken once.");
            }

            if (Expected(type, values[0] ?? "") is { } expected)
            {
                return Wrong(name, $"{name} is '{Clip(values[0] ?? "")}'; it must be {expected}.");
            }
        }

        return null;
    }

    private static Diagnostic Wrong(string name, string message) => new(1, 1, Clip(name), message);

    private static string? Expected(Type type, string value) =>
        type == typeof(bool) && !bool.TryParse(value, out _) ? "true or false"
        : type == typeof(int) && !int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? "a whole number"
        : type == typeof(DateTimeOffset) && !DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
            ? "a time as 2026-01-31T12:00:00Z (in a URL a + is written %2B)"
        : null;

    private static string Clip(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
