using System.Globalization;

namespace Fleet.Server.Data.Events;

/// <summary>Where an event is in the store: the day it arrived and its row in that day's file. Rises with arrival. Written 20261125-42.</summary>
internal readonly record struct EventPosition(DateOnly Day, long Row) : IComparable<EventPosition>
{
    public const string DayFormat = "yyyyMMdd";

    public static EventPosition EndOf(DateOnly day) => new(day, long.MaxValue);

    public static bool TryParse(string? text, out EventPosition position)
    {
        position = default;
        if (text is null || text.Length is < 10 or > 28 || text[8] is not '-'
            || !DateOnly.TryParseExact(text.AsSpan(0, 8), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            || !long.TryParse(text.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture, out long row))
        {
            return false;
        }

        position = new EventPosition(day, row);
        return true;
    }

    public int CompareTo(EventPosition other) => Day != other.Day ? Day.CompareTo(other.Day) : Row.CompareTo(other.Row);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Day.ToString(DayFormat, CultureInfo.InvariantCulture)}-{Row}");
}
