using System.Text;
using Fleet.Server.Live.Cell;
using Fleet.Server.Live.News;

namespace Fleet.Server.Tests.Cell;

public sealed class NewsTests
{
    [Fact]
    public void Write_ManyNotices_TextsStayBelowWhatNotifyTakesAndReadBackInOrder()
    {
        Notice[] notices = [.. Enumerable.Range(0, 5_000).Select(number => new Notice(NewsKind.Host, new Guid(number, 0, 0, new byte[8]).ToString("N")))];
        IReadOnlyList<string> texts = NewsText.Write("server-a", notices);

        Assert.All(texts, text => Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, 7999));
        List<Notice> read = [];
        foreach (string text in texts)
        {
            Assert.True(NewsText.TryRead(text, out string? server, out IReadOnlyList<Notice> some));
            Assert.Equal("server-a", server);
            read.AddRange(some);
        }

        Assert.Equal(notices, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\nhost x")]
    public void TryRead_WithoutAServer_IsRefused(string text) => Assert.False(NewsText.TryRead(text, out _, out _));

    [Theory]
    [InlineData("a\nhost h1", NewsKind.Host, "h1")]
    [InlineData("a\neverything ", NewsKind.Everything, "")]
    [InlineData("a\nnextYear h1", NewsKind.Unknown, "h1")]
    [InlineData("a\n3 h1", NewsKind.Unknown, "h1")]
    [InlineData("a\n", NewsKind.Unknown, "")]
    public void TryRead_KindsOfOtherVersions_AreUnknownWhichMeansEverything(string text, object kind, string key)
    {
        Assert.True(NewsText.TryRead(text, out _, out IReadOnlyList<Notice> notices));
        Assert.Equal(new Notice((NewsKind)kind, key), Assert.Single(notices));
    }

    [Fact]
    public void Pending_TheSameTwice_IsToldOnce()
    {
        PendingNews pending = new();
        pending.Add(new Notice(NewsKind.Host, "h"));
        pending.Add(new Notice(NewsKind.Topic, "hosts"));
        pending.Add(new Notice(NewsKind.Host, "h"));
        Assert.Equal([new Notice(NewsKind.Host, "h"), new Notice(NewsKind.Topic, "hosts")], pending.Take());
        Assert.Empty(pending.Take());
    }

    [Fact]
    public void Pending_WhereAHostIs_IsToldAsItIsNow()
    {
        PendingNews pending = new();
        pending.Add(new Notice(NewsKind.Here, "h"));
        pending.Add(new Notice(NewsKind.Here, "other"));
        pending.Add(new Notice(NewsKind.Left, "h"));
        pending.Add(new Notice(NewsKind.Host, "h"));
        pending.Add(new Notice(NewsKind.Here, "h"));
        Assert.Equal([new Notice(NewsKind.Here, "other"), new Notice(NewsKind.Host, "h"), new Notice(NewsKind.Here, "h")], pending.Take());

        pending.Add(new Notice(NewsKind.Here, "h"));
        pending.Add(new Notice(NewsKind.Left, "h"));
        Assert.Equal([new Notice(NewsKind.Left, "h")], pending.Take());
    }

    [Fact]
    public void Pending_WhatCouldNotBeTold_GoesBeforeWhatIsNewerAndWithoutWhatThatHasChanged()
    {
        PendingNews pending = new();
        pending.Add(new Notice(NewsKind.Here, "h"));
        pending.Add(new Notice(NewsKind.Here, "other"));
        pending.Add(new Notice(NewsKind.Host, "h"));
        IReadOnlyList<Notice> failed = pending.Take();
        pending.Add(new Notice(NewsKind.Left, "h"));
        pending.Add(new Notice(NewsKind.Host, "h"));

        pending.PutBack(failed);

        Assert.Equal([new Notice(NewsKind.Here, "other"), new Notice(NewsKind.Left, "h"), new Notice(NewsKind.Host, "h")], pending.Take());
    }

    [Fact]
    public async Task Pending_MoreThanItHolds_BecomesEverything()
    {
        PendingNews pending = new();
        foreach (int number in Enumerable.Range(0, 25_000))
        {
            pending.Add(new Notice(NewsKind.Host, $"h{number}"));
        }

        await pending.WaitAsync(CancellationToken.None);
        IReadOnlyList<Notice> taken = pending.Take();
        Assert.Equal(NewsKind.Everything, taken[0].Kind);
        Assert.True(taken.Count < 20_000);
    }

    [Theory]
    [InlineData(100, new int[0], 0)]
    [InlineData(0, new[] { 0 }, 0)]
    [InlineData(10, new[] { 4 }, 0)]
    [InlineData(105, new[] { 95 }, 0)]
    [InlineData(5000, new[] { 0 }, 250)]
    [InlineData(2000, new[] { 2000, 1000 }, 34)]
    [InlineData(2000, new[] { 2000, 2000 }, 0)]
    public void Excess_OfAgents_IsSentOnATenthAtATime(int mine, int[] others, int excess) => Assert.Equal(excess, AgentSpread.Excess(mine, others));
}
