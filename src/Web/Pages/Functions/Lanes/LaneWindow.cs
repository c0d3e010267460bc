using System.Globalization;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>The stretch of time that the lanes show. The URL carries how long it is and, unless that is now, when it ends.</summary>
/// <param name="From">Left edge.</param>
/// <param name="To">Right edge.</param>
public sealed record LaneWindow(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The stretches that can be asked for, by their names in the URL.</summary>
    public static readonly IReadOnlyList<(string Name, string Word, TimeSpan Span)> Spans =
    [
        ("10s", "10 s", TimeSpan.FromSeconds(10)),
        ("1m", "1 min", TimeSpan.FromMinutes(1)),
        ("10m", "10 min", TimeSpan.FromMinutes(10)),
        ("1h", "1 h", TimeSpan.FromHours(1)),
        ("6h", "6 h", TimeSpan.FromHours(6)),
        ("24h", "24 h", TimeSpan.FromHours(24)),
    ];

    // Ticks stand at round times, and a line has room for so many.
    private const int MostTicks = 7;

    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    public TimeSpan Span => To - From;

    /// <summary>The window of the URL's words; an hour up to now where they say nothing that is understood.</summary>
    public static LaneWindow Of(string? span, string? until, DateTimeOffset now)
    {
        DateTimeOffset to = ParseTime(until) is { } end && end < now ? end : now;
        return new LaneWindow(to - Spans[IndexOf(span)].Span, to);
    }

    /// <summary>The minute in which something last happened, with what may follow from it; the last one where nothing is known.</summary>
    public static LaneWindow Around(DateTimeOffset? last, DateTimeOffset now)
    {
        DateTimeOffset to = last?.AddSeconds(5) is { } end && end < now ? end : now;
        return new LaneWindow(to.AddMinutes(-1), to);
    }

    /// <summary>Place of a span's name; of an hour's where it is none.</summary>
    public static int IndexOf(string? span)
    {
        for (int i = 0; i < Spans.Count; i++)
        {
            if (Spans[i].Name == span)
            {
                return i;
            }
        }

        return 3;
    }

    public static DateTimeOffset? ParseTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>Where a time is, in percent of the width; outside of 0 to 100 where it is outside of the window.</summary>
    public double At(DateTimeOffset time) => (time - From) / Span * 100;

    /// <summary>Round times and where they are.</summary>
    public IEnumerable<(double Left, string Label)> Ticks()
    {
        TimeSpan step = Steps.FirstOrDefault(s => Span / s <= MostTicks, Steps[^1]);
        for (long ticks = (From.UtcTicks / step.Ticks * step.Ticks) + step.Ticks; ticks < To.UtcTicks; ticks += step.Ticks)
        {
            DateTimeOffset time = new(ticks, TimeSpan.Zero);
            yield return (At(time), step >= TimeSpan.FromMinutes(1) ? Show.Minutes(time) : Show.Seconds(time));
        }
    }

    /// <summary>"14:15:28 to 14:15:40 UTC", with the day where it is not one day.</summary>
    public string Words(DateTimeOffset now)
    {
        bool today = From.UtcDateTime.Date == now.UtcDateTime.Date;
        string day = today ? "" : From.UtcDateTime.ToString("d MMM ", CultureInfo.InvariantCulture);
        string last = To.UtcDateTime.Date == From.UtcDateTime.Date ? "" : To.UtcDateTime.ToString("d MMM ", CultureInfo.InvariantCulture);
        return $"{day}{Show.Seconds(From)} to {last}{Show.Seconds(To)} UTC";
    }
}
