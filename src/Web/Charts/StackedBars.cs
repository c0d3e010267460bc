using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Charts;

/// <summary>Contention by decision over time, laid out: one bar a step, calm below and bad on top.</summary>
public sealed class StackedBars
{
    /// <summary>Decisions from calm to bad; the order of the stack and of the legend.</summary>
    public static readonly IReadOnlyList<Decision> Order =
    [
        Decision.Allow, Decision.Virtualise, Decision.Cached, Decision.Ones, Decision.ReadOnly, Decision.Wait, Decision.Unknown,
        Decision.WouldRefuse, Decision.Refuse,
    ];

    private StackedBars(ContentionSeries series, IReadOnlyDictionary<string, ContentionGroup> groups, int height)
    {
        Height = height;
        int steps = series.Groups.Select(g => g.Points.Count).DefaultIfEmpty(0).Max();
        long highest = 0;
        for (int i = 0; i < steps; i++)
        {
            highest = Math.Max(highest, series.Groups.Sum(g => PointOf(g, i)));
        }

        (Top, long between) = Scale(highest);
        Lines = [.. Enumerable.Range(1, (int)(Top / between)).Select(i => i * between)];
        Bars = [.. Enumerable.Range(0, steps).Select(i => BarAt(series, groups, i, steps))];
        Totals = [.. Order.Select(d => (d, groups.TryGetValue(Marks.Of(d), out ContentionGroup? g) ? g.Count : 0))];
        Ticks = [.. TicksOf(series)];
    }

    public int Height { get; }

    /// <summary>Value at the upper edge.</summary>
    public long Top { get; }

    public IReadOnlyList<Bar> Bars { get; }

    public IReadOnlyList<(Decision Decision, long Count)> Totals { get; }

    public IReadOnlyList<(double Left, string Label)> Ticks { get; }

    /// <summary>Values of the lines above the base.</summary>
    public IReadOnlyList<long> Lines { get; }

    public static StackedBars Of(ContentionSeries series, int height)
    {
        ArgumentNullException.ThrowIfNull(series);
        Dictionary<string, ContentionGroup> groups = [];
        foreach (ContentionGroup group in series.Groups)
        {
            // What went around the broker has no decision; neither had waits of earlier agents. They are not left out.
            groups.TryAdd(Marks.OfKey(group.Key.GetValueOrDefault("decision", "")), group);
        }

        return new StackedBars(series, groups, height);
    }

    public double YOf(long value) => Height - (value * (double)Height / Top);

    /// <summary>The next round number, and the distance of lines that parts it into two to four.</summary>
    internal static (long Top, long Between) Scale(long highest)
    {
        for (long unit = 1; ; unit *= 10)
        {
            foreach ((long top, long between) in (ReadOnlySpan<(long, long)>)[(2, 1), (4, 1), (6, 2), (8, 2), (12, 4), (15, 5), (20, 5)])
            {
                if (highest <= top * unit)
                {
                    return (top * unit, between * unit);
                }
            }
        }
    }

    private static long PointOf(ContentionGroup group, int index) => index < group.Points.Count ? group.Points[index] : 0;

    private static IEnumerable<(double Left, string Label)> TicksOf(ContentionSeries series)
    {
        TimeSpan span = series.To - series.From;
        int parts = span.TotalHours > 12 ? 8 : 6;
        for (int i = 0; i <= parts && span > TimeSpan.Zero; i++)
        {
            yield return (i * 100.0 / parts, Show.Minutes(series.From + (span * i / parts)));
        }
    }

    private Bar BarAt(ContentionSeries series, IReadOnlyDictionary<string, ContentionGroup> groups, int index, int steps)
    {
        List<Segment> segments = [];
        List<string> words = [];
        long below = 0;
        foreach (Decision decision in Order)
        {
            string mark = Marks.Of(decision);
            long count = groups.TryGetValue(mark, out ContentionGroup? group) ? PointOf(group, index) : 0;
            if (count > 0)
            {
                below += count;
                segments.Add(new Segment(mark, YOf(below), count * (double)Height / Top));
                words.Add($"{Show.Count(count)} {Tones.Of(decision).Word}");
            }
        }

        DateTimeOffset from = series.From.AddSeconds((double)index * series.StepSeconds);
        string title = $"{Show.Minutes(from)} to {Show.Minutes(from.AddSeconds(series.StepSeconds))} UTC: {string.Join(", ", words)}";
        return new Bar(index * 100.0 / steps, 100.0 / steps, title, segments);
    }

    /// <summary>One step.</summary>
    public sealed record Bar(double Left, double Width, string Title, IReadOnlyList<Segment> Segments);

    /// <summary>One decision within a step.</summary>
    public sealed record Segment(string Mark, double Y, double Height);
}
