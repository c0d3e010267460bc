using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>Offsets, regions and durations as people type them.</summary>
internal static class Notation
{
    /// <summary>"0x208", "520".</summary>
    public static bool TryNumber(string text, out int value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>"0x208+16", "0x208+0x10".</summary>
    public static bool TryRegion(string text, out int offset, out int length)
    {
        length = 0;
        offset = 0;
        int plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus > 0 && TryNumber(text[..plus], out offset) && TryNumber(text[(plus + 1)..], out length) && length > 0;
    }

    /// <summary>"250ms", "45s", "30m", "2h".</summary>
    public static bool TryDuration(string text, [NotNullWhen(true)] out TimeSpan? duration)
    {
        int letters = text.Length - text.TrimEnd('m', 's', 'h').Length;
        duration = null;
        if (letters is 0 || !double.TryParse(text.AsSpan(0, text.Length - letters), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            || value > 1_000_000)
        {
            return false;
        }

        duration = text[^letters..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(value),
            "s" => TimeSpan.FromSeconds(value),
            "m" => TimeSpan.FromMinutes(value),
            "h" => TimeSpan.FromHours(value),
            _ => null,
        };
        return duration is not null;
    }

    public static string Hex(int value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x3}");

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The word an enum value has on the wire.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => FleetJson.Word(value, AgentJson.Options);

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Region(int offset, int length) => string.Create(CultureInfo.InvariantCulture, $"0x{offset:x3}+{length}");
}
