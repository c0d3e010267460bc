using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>Writes values of all types the way selectors compare them; what is absent gives nothing.</summary>
internal static class FieldValues
{
    public static IEnumerable<string> None => [];

    public static IEnumerable<string> Text(params string?[] values) => values.Where(v => !string.IsNullOrEmpty(v))!;

    /// <summary>A number, also in hexadecimal so that a glob such as 0x34* works.</summary>
    public static IEnumerable<string> Offset(int? value) =>
        value is { } v ? [v.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"0x{v:x}")] : [];

    public static IEnumerable<string> Number(long? value) => value is { } v ? [v.ToString(CultureInfo.InvariantCulture)] : [];

    /// <summary>An id of hexadecimal digits, with and without the prefix people write.</summary>
    public static IEnumerable<string> Hex(string value) => [value, "0x" + value];

    public static IEnumerable<string> Flag(bool? value) => value is { } v ? [v ? "true" : "false"] : [];

    public static IEnumerable<string> Time(DateTimeOffset value) => [value.ToString("O", CultureInfo.InvariantCulture)];

    /// <summary>The name an enum value has on the wire.</summary>
    public static IEnumerable<string> Name<T>(T? value)
        where T : struct, Enum => value is { } v ? [FleetJson.Word(v)] : [];
}
