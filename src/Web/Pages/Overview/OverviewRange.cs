namespace Fleet.Web.Pages.Overview;

/// <summary>The time ranges that the overview offers; the URL carries the name.</summary>
public sealed record OverviewRange(string Name, string Word, TimeSpan Span, int StepSeconds)
{
    public static readonly IReadOnlyList<OverviewRange> All =
    [
        new("1h", "1 h", TimeSpan.FromHours(1), 60),
        new("6h", "6 h", TimeSpan.FromHours(6), 300),
        new("24h", "24 h", TimeSpan.FromHours(24), 1200),
    ];

    public static OverviewRange Of(string? name) => All.FirstOrDefault(r => r.Name == name) ?? All[0];

    /// <summary>The range that ends with the step that <paramref name="now"/> is in.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Around(DateTimeOffset now)
    {
        long step = TimeSpan.FromSeconds(StepSeconds).Ticks;
        DateTimeOffset to = new(((now.UtcTicks / step) + 1) * step, TimeSpan.Zero);
        return (to - Span, to);
    }
}
