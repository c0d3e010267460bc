using System.Text.Json;

namespace Fleet.Server.Data.Events;

/// <summary>The name an enum value has on the wire, and so in columns and metrics.</summary>
internal static class WireNames
{
    public static string? Of<T>(T? value)
        where T : struct, Enum => value is { } v ? Of(v) : null;

    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.All.TryGetValue(value, out string? name) ? name : value.ToString();

    public static IEnumerable<string> All<T>()
        where T : struct, Enum => Names<T>.All.Values;

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly IReadOnlyDictionary<T, string> All =
            Enum.GetValues<T>().Distinct().ToDictionary(value => value, value => JsonSerializer.SerializeToElement(value).GetString()!);
    }
}
