using System.Text.RegularExpressions;

namespace Fleet.Simulator.Hardware;

/// <summary>Members of an enum as the command line writes them: lower case with dashes.</summary>
internal static partial class EnumNames
{
    public static string NameOf(Enum value) => Capital().Replace(value.ToString(), "-$1").ToLowerInvariant();

    public static IEnumerable<string> All<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(v => NameOf(v));

    /// <summary>Finds a member by its name; dashes and case do not matter. A number is no name.</summary>
    public static bool TryParse<T>(string name, out T value)
        where T : struct, Enum
    {
        string plain = name.Replace("-", "", StringComparison.Ordinal);
        value = default;
        return plain.All(char.IsAsciiLetter) && Enum.TryParse(plain, ignoreCase: true, out value);
    }

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Capital();
}
