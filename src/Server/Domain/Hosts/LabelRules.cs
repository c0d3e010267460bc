namespace Fleet.Server.Domain.Hosts;

/// <summary>What labels may look like, wherever they are given.</summary>
internal static class LabelRules
{
    public const int Most = 64;
    private const int LongestKey = 64;
    private const int LongestValue = 256;

    /// <returns>What is wrong with them; null when nothing is. A null value (a label that is taken away) is never wrong.</returns>
    public static string? Check(IEnumerable<KeyValuePair<string, string?>> labels)
    {
        foreach ((string key, string? value) in labels)
        {
            if (key.Length is 0 or > LongestKey || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/'))
            {
                return $"The label key '{(key.Length > LongestKey ? key[..LongestKey] + "…" : key)}' must have 1 to {LongestKey} letters, digits, '-', '_', '.' or '/'.";
            }

            if (value?.Length > LongestValue || value?.Any(char.IsControl) is true)
            {
                return $"The value of label '{key}' must have at most {LongestValue} characters, none of them a control character.";
            }
        }

        return null;
    }
}
