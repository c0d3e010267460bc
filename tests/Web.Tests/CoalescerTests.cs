using Microsoft.Extensions.Time.Testing;

namespace Fleet.Web.Tests;

public sealed class CoalescerTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Signal_ManyWithinTheInterval_RunsOnce()
    {
        int runs = 0;
        using Coalescer coalescer = new(_time, Quiet, () => { runs++; return Task.CompletedTask; });

        coalescer.Signal();
        coalescer.Signal();
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, runs);
        coalescer.Signal();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, runs);
    }

    [Fact]
    public void Signal_WhileItRuns_RunsOnceMoreAfterwards()
    {
        TaskCompletionSource first = new();
        int runs = 0;
        using Coalescer coalescer = new(_time, Quiet, () => ++runs is 1 ? first.Task : Task.CompletedTask);

        coalescer.Signal();
        _time.Advance(Quiet);
        coalescer.Signal();
        coalescer.Signal();
        Assert.Equal(1, runs);
        first.SetResult();
        _time.Advance(Quiet);

        Assert.Equal(2, runs);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(60, 10)]
    public void Signal_AfterARunThatTookLong_RestsFourTimesAsLongAndTenSecondsAtMost(int took, int rests)
    {
        TaskCompletionSource first = new();
        int runs = 0;
        using Coalescer coalescer = new(_time, Quiet, () => ++runs is 1 ? first.Task : Task.CompletedTask);
        coalescer.Signal();
        _time.Advance(Quiet);
        coalescer.Signal();
        _time.Advance(TimeSpan.FromSeconds(took));
        first.SetResult();

        _time.Advance(TimeSpan.FromSeconds(rests) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, runs);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, runs);
        coalescer.Signal(); // That one took no time.
        _time.Advance(Quiet);
        Assert.Equal(3, runs);
    }

    [Fact]
    public void Dispose_Armed_RunsNoMore()
    {
        int runs = 0;
        Coalescer coalescer = new(_time, Quiet, () => { runs++; return Task.CompletedTask; });

        coalescer.Signal();
        coalescer.Dispose();
        coalescer.Signal();
        _time.Advance(Quiet);

        Assert.Equal(0, runs);
    }
}
