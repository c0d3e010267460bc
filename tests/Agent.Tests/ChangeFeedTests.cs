using Fleet.Pci;

namespace Fleet.Agent.Tests;

public sealed class ChangeFeedTests
{
    private static readonly HardwareChange Added = new(HardwareChangeKind.Added, PciAddress.Parse("0000:01:00.0"));

    private readonly ChangeFeed _feed = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_WithTwoReaders_ReachesBoth()
    {
        await using IAsyncEnumerator<HardwareChange> one = _feed.ReadAsync(_ct).GetAsyncEnumerator(_ct);
        await using IAsyncEnumerator<HardwareChange> other = _feed.ReadAsync(_ct).GetAsyncEnumerator(_ct);

        _feed.Publish(Added);

        Assert.True(await one.MoveNextAsync());
        Assert.True(await other.MoveNextAsync());
        Assert.Equal((Added, Added), (one.Current, other.Current));
    }

    [Fact]
    public async Task ReadAsync_BehindByMoreThanIsKept_IsToldOfAnOverrun()
    {
        await using IAsyncEnumerator<HardwareChange> slow = _feed.ReadAsync(_ct).GetAsyncEnumerator(_ct);
        for (int i = 0; i < 5_000; i++)
        {
            _feed.Publish(Added);
        }

        int read = 0;
        while (await slow.MoveNextAsync() && slow.Current.Kind is HardwareChangeKind.Added)
        {
            read++;
        }

        Assert.InRange(read, 1, 4_999);
        Assert.Equal(HardwareChangeKind.Overrun, slow.Current.Kind);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_Ends()
    {
        using CancellationTokenSource stop = new();
        await using IAsyncEnumerator<HardwareChange> reader = _feed.ReadAsync(stop.Token).GetAsyncEnumerator(_ct);

        await stop.CancelAsync();

        Assert.False(await reader.MoveNextAsync());
    }
}
