using Fleet.Simulator.Load;

namespace Fleet.Simulator.Tests.Load;

public sealed class HistogramTests
{
    [Fact]
    public void Percentile_OfNothing_IsZero() => Assert.Equal(TimeSpan.Zero, new Histogram().Percentile(0.99));

    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    public void Percentile_OfAHundredMilliseconds_IsWithinASixteenth(double share, int milliseconds)
    {
        Histogram histogram = new();
        for (int each = 1; each <= 100; each++)
        {
            histogram.Add(TimeSpan.FromMilliseconds(each));
        }

        Assert.InRange(histogram.Percentile(share).TotalMilliseconds, milliseconds, milliseconds * 17.0 / 16);
    }

    [Fact]
    public void Add_OfATimeBeforeZeroOrOfDays_IsCounted()
    {
        Histogram histogram = new();
        histogram.Add(TimeSpan.FromSeconds(-1));
        histogram.Add(TimeSpan.FromDays(40));

        Assert.Equal(2, histogram.Count);
        Assert.True(histogram.Percentile(1) >= TimeSpan.FromDays(40));
    }
}
