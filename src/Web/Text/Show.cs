using System.Globalization;

namespace Fleet.Web.Text;

/// <summary>How numbers, times and offsets are written on every page.</summary>
public static class Show
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>6,914.</summary>
    public static string Count(long value) => value.ToString("N0", Culture);

    public static string Count(long? value) => value is { } known ? Count(known) : "unknown";

    /// <summary>"1 host", "412 hosts".</summary>
    public static string Counted(long value, string one, string? many = null) => $"{Count(value)} {(value == 1 ? one : many ?? one + "s")}";

    /// <summary>Three hexadecimal digits, as offsets are written.</summary>
    public static string Offset(int value) => value.ToString("x3", Culture);

    /// <summary>"108+4": offset and length, both hexadecimal.</summary>
    public static string Region(int offset, int length) => $"{Offset(offset)}+{length.ToString("x", Culture)}";

    /// <summary>14:15:35.348.</summary>
    public static string Clock(DateTimeOffset time) => time.ToUniversalTime().ToString("HH:mm:ss.fff", Culture);

    /// <summary>14:15:35.</summary>
    public static string Seconds(DateTimeOffset time) => time.ToUniversalTime().ToString("HH:mm:ss", Culture);

    /// <summary>14:15.</summary>
    public static string Minutes(DateTimeOffset time) => time.ToUniversalTime().ToString("HH:mm", Culture);

    /// <summary>2026-11-22 14:15:35.348 UTC.</summary>
    public static string Full(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", Culture);

    /// <summary>The form of a time element's datetime attribute.</summary>
    public static string Machine(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", Culture);

    /// <summary>"4 s", "14 min", "3 h", "26 h", "5 d": one unit, rounded down.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)span.TotalHours} h",
        _ => $"{Count((long)span.TotalDays)} d",
    };

    /// <summary>"37 ms", "5.4 s", "2 min 3 s", "1 h 5 min": how long something took.</summary>
    public static string Lasted(TimeSpan span) => span switch
    {
        { TotalMilliseconds: < 999.5 } => string.Create(Culture, $"{span.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 59.95 } => string.Create(Culture, $"{span.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => string.Create(Culture, $"{(int)span.TotalMinutes} min {span.Seconds} s"),
        _ => string.Create(Culture, $"{Count((long)span.TotalHours)} h {span.Minutes} min"),
    };

    /// <summary>Change on the value before, in words; empty when there is nothing to compare with.</summary>
    public static string Change(long now, long before) => (now, before) switch
    {
        (0, 0) => "none in the hour before either",
        (_, 0) => "none in the hour before",
        _ when now == before => "as in the hour before",
        _ => $"{(now > before ? "up" : "down")} {Count((long)Math.Round(Math.Abs(now - before) * 100.0 / before))} % on the hour before",
    };
}
