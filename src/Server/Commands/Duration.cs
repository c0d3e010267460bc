using System.Globalization;

namespace Fleet.Server.Commands;

/// <summary>Reads 90s, 30m, 1h, 7d.</summary>
internal static class Duration
{
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is not { Length: >= 2 and <= 9 } || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        long seconds = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        duration = TimeSpan.FromSeconds(Math.Min(number * seconds, int.MaxValue));
        return seconds > 0 && number > 0;
    }
}
