using System.Diagnostics;
using Fleet.Agent.Linux;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Linux;

public sealed class FineTimeTests
{
    private static readonly TimeSpan Fine = TimeSpan.FromMicroseconds(80);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateTimer_MicrosecondsAhead_FiresOnceAndNotBefore()
    {
        using FineTime time = new();
        int fired = 0;
        for (int i = 1; i <= 200; i++)
        {
            TaskCompletionSource<TimeSpan> over = new(TaskCreationOptions.RunContinuationsAsynchronously);
            long start = Stopwatch.GetTimestamp();
            await using ITimer timer = time.CreateTimer(
                _ =>
                {
                    Interlocked.Increment(ref fired);
                    over.SetResult(Stopwatch.GetElapsedTime(start));
                },
                null, Fine, Timeout.InfiniteTimeSpan);
            Assert.True(await over.Task.WaitAsync(WaitFor.Patience, Ct) >= Fine);
            Assert.Equal(i, fired);
        }
    }

    [Fact]
    public async Task CreateTimer_ManyAtOnce_FiresEach()
    {
        using FineTime time = new();
        TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = 500;
        ITimer[] timers = [.. Enumerable.Range(0, left).Select(n => time.CreateTimer(
            _ =>
            {
                if (Interlocked.Decrement(ref left) is 0)
                {
                    over.SetResult();
                }
            },
            null, TimeSpan.FromMicroseconds(1000 - n), Timeout.InfiniteTimeSpan))];

        await over.Task.WaitAsync(WaitFor.Patience, Ct);
        Array.ForEach(timers, timer => timer.Dispose());
    }

    [Fact]
    public async Task Change_ToNeverAndBack_FiresAsChangedLast()
    {
        TimeSpan first = TimeSpan.FromMilliseconds(1.9);
        using FineTime time = new();
        Firings firings;
        long start;
        do
        {
            // Anew where the machine took so long over these lines that it may have fired before it was changed.
            firings = new Firings();
            start = Stopwatch.GetTimestamp();
            ITimer timer = time.CreateTimer(firings.Add, null, first, Timeout.InfiniteTimeSpan);
            Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
            Assert.True(timer.Change(TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan));
            Assert.True(timer.Change(Fine, Timeout.InfiniteTimeSpan));
        }
        while (Stopwatch.GetElapsedTime(start) >= first);

        await firings.Any.WaitAsync(WaitFor.Patience, Ct);

        // Once more by the runtime's timer, which is behind the longer times: what was changed before has not fired meanwhile.
        TaskCompletionSource later = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer coarse = time.CreateTimer(_ => later.SetResult(), null, TimeSpan.FromMilliseconds(40), Timeout.InfiniteTimeSpan);
        await later.Task.WaitAsync(WaitFor.Patience, Ct);
        Assert.Equal(1, firings.Count);
    }

    [Fact]
    public void Dispose_WithTimersRunning_EndsItsThread()
    {
        FineTime time = new();
        time.CreateTimer(_ => { }, null, Fine, Timeout.InfiniteTimeSpan);
        time.Dispose();
        time.Dispose();
    }

    private sealed class Firings
    {
        private readonly TaskCompletionSource _any = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Task Any => _any.Task;

        public void Add(object? state)
        {
            Interlocked.Increment(ref _count);
            _any.TrySetResult();
        }
    }
}
