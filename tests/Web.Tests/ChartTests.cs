using Fleet.Contracts;
using Fleet.Web.Charts;

namespace Fleet.Web.Tests;

public sealed class ChartTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 22, 8, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Of_TwoDecisions_StacksCalmBelowBad()
    {
        StackedBars bars = StackedBars.Of(Series(("refuse", [1, 0]), ("allow", [3, 8])), 100);

        Assert.Equal(8, bars.Top);
        Assert.Equal([2, 4, 6, 8], bars.Lines);
        Assert.Equal(["allow", "refuse"], bars.Bars[0].Segments.Select(s => s.Mark));
        Assert.Equal(62.5, bars.Bars[0].Segments[0].Y);
        Assert.Equal(50, bars.Bars[0].Segments[1].Y);
        Assert.Equal("08:30 to 08:35 UTC: 3 allowed, 1 refused", bars.Bars[0].Title);
        Assert.Equal(50, bars.Bars[1].Left);
    }

    [Fact]
    public void Of_DecisionNotKnownHere_IsNotDrawnAsAnother() =>
        Assert.Empty(StackedBars.Of(Series(("divert", [5])), 100).Bars[0].Segments);

    [Fact]
    public void Of_EveryDecision_IsDrawnWithAMarkOfItsOwn()
    {
        (string, long[])[] groups = [.. StackedBars.Order.Select(d => (Marks.Of(d), new long[] { 1 }))];
        IReadOnlyList<StackedBars.Segment> segments = StackedBars.Of(Series(groups), 100).Bars[0].Segments;
        Assert.Equal(Enum.GetValues<Decision>().Select(Marks.Of).Order(), segments.Select(s => s.Mark).Order());
    }

    [Fact]
    public void Of_Nothing_HasAnAxisAndNoBar()
    {
        StackedBars bars = StackedBars.Of(Series(), 100);

        Assert.Empty(bars.Bars);
        Assert.Equal(7, bars.Ticks.Count);
    }

    [Theory]
    [InlineData(0, 2, 1)]
    [InlineData(3, 4, 1)]
    [InlineData(11, 12, 4)]
    [InlineData(450, 600, 200)]
    [InlineData(12_345, 15_000, 5_000)]
    public void Scale_Highest_IsARoundNumber(long highest, long top, long between) => Assert.Equal((top, between), StackedBars.Scale(highest));

    [Fact]
    public void HeatGrid_BusiestFirst_WithLevelsByMagnitude()
    {
        HeatGrid grid = HeatGrid.Of(
            new ContentionSeries(From, From, 0, [Cell("nvme", "PM9D3", 100), Cell("lspci", "PM9D3", 2), Cell("nvme", "H100", 30), Cell("", "H100", 900)], 1032),
            "caller", "device");

        Assert.Equal(["nvme", "lspci"], grid.Rows.Select(r => r.Name));
        Assert.Equal(["PM9D3", "H100"], grid.Columns);
        Assert.Equal([(100L, 5), (30L, 5)], grid.Rows[0].Cells.Select(c => (c.Count, c.Level)));
        Assert.Equal([(2L, 2), (0L, 0)], grid.Rows[1].Cells.Select(c => (c.Count, c.Level)));
    }

    [Fact]
    public void Sparkline_OnePoint_IsNone()
    {
        Assert.Null(Sparkline.Of([4]));
        Assert.Equal(("M0 20 64 4", "4"), Sparkline.Of([0, 9]));
        Assert.Equal(("M0 20 64 20", "20"), Sparkline.Of([5, 5]));
    }

    private static ContentionGroup Cell(string caller, string device, long count) =>
        new(new Dictionary<string, string> { ["caller"] = caller, ["device"] = device }, count, []);

    private static ContentionSeries Series(params (string Decision, long[] Points)[] groups) => new(
        From, From.AddMinutes(10), 300, [.. groups.Select(g => new ContentionGroup(new Dictionary<string, string> { ["decision"] = g.Decision }, g.Points.Sum(), g.Points))], 0);
}
