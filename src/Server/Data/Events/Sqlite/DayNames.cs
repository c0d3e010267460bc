using System.Globalization;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>Names of files by day: PREFIX20261125.db.</summary>
internal static class DayNames
{
    public static string Of(string prefix, DateOnly day) =>
        $"{prefix}{day.ToString(EventPosition.DayFormat, CultureInfo.InvariantCulture)}.db";

    /// <summary>The days that have a file in a directory, oldest first.</summary>
    public static IReadOnlyList<DateOnly> In(string directory, string prefix)
    {
        List<DateOnly> days = [];
        foreach (string file in Directory.EnumerateFiles(directory, prefix + "*.db"))
        {
            ReadOnlySpan<char> name = Path.GetFileNameWithoutExtension(file.AsSpan());
            if (DateOnly.TryParseExact(name[prefix.Length..], EventPosition.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
            {
                days.Add(day);
            }
        }

        days.Sort();
        return days;
    }
}
