using System.Net;
using Fleet.Server.Hosting;

namespace Fleet.Server.Tests.Host;

public sealed class FairPlacesTests
{
    private static readonly AddressBlock Loud = AddressBlock.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly AddressBlock Quiet = AddressBlock.Of(IPAddress.Parse("192.0.2.2"));
    private readonly FairPlaces _places = new(4, mostOfOne: 3, mostWaiting: 6, mostWaitingOfOne: 4);

    [Fact]
    public async Task Enter_OneBlockTakesAllItMay_AnotherFindsAReserve()
    {
        await TakeAsync(Loud, 3);
        Task<IDisposable?> fourth = EnterAsync(Loud);

        Assert.NotNull(await EnterAsync(Quiet));
        Assert.False(fourth.IsCompleted);
    }

    [Fact]
    public async Task Leave_ManyOfOneBlockWaitLonger_TheOneThatHoldsNoneIsNext()
    {
        IDisposable[] held = await TakeAsync(Loud, 3);
        await TakeAsync(AddressBlock.Of(IPAddress.Parse("192.0.2.3")), 1);
        Task<IDisposable?>[] loud = [EnterAsync(Loud), EnterAsync(Loud)];
        Task<IDisposable?> quiet = EnterAsync(Quiet);

        held[0].Dispose();

        Assert.NotNull(await quiet);
        Assert.All(loud, waiting => Assert.False(waiting.IsCompleted));
        held[1].Dispose();
        Assert.NotNull(await loud[0]);
        Assert.False(loud[1].IsCompleted);
    }

    [Fact]
    public async Task Leave_DisposedOfTwice_GivesOnePlaceBack()
    {
        IDisposable[] held = await TakeAsync(Loud, 3);
        Task<IDisposable?>[] waiting = [EnterAsync(Loud), EnterAsync(Loud)];

        held[0].Dispose();
        held[0].Dispose();

        Assert.NotNull(await waiting[0]);
        Assert.False(waiting[1].IsCompleted);
    }

    [Fact]
    public async Task Enter_TooManyWait_IsRefusedAtOnce()
    {
        await TakeAsync(Loud, 3);
        await TakeAsync(Quiet, 1);
        Task<IDisposable?>[] waiting = [.. Enumerable.Range(0, 4).Select(_ => EnterAsync(Loud))];

        Assert.Null(await EnterAsync(Loud));
        Task<IDisposable?>[] others = [EnterAsync(Quiet), EnterAsync(Quiet)];
        Assert.Null(await EnterAsync(AddressBlock.Of(IPAddress.Parse("192.0.2.3"))));
        Assert.Equal(6, _places.Waiting);
        Assert.All([.. waiting, .. others], task => Assert.False(task.IsCompleted));
    }

    [Fact]
    public async Task Enter_GivesUp_MakesRoomAndGetsNoPlace()
    {
        IDisposable[] held = await TakeAsync(Loud, 3);
        using CancellationTokenSource end = new();
        Task<IDisposable?> gone = _places.EnterAsync(Loud, end.Token);
        Task<IDisposable?> next = EnterAsync(Loud);

        await end.CancelAsync();

        Assert.Null(await gone);
        Assert.Equal(1, _places.Waiting);
        held[0].Dispose();
        Assert.NotNull(await next);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("0.0.0.1", "::1", false)]
    public void Block_OfAddresses_IsWhatOneMachineCanChooseAmong(string one, string other, bool same) =>
        Assert.Equal(same, AddressBlock.Of(IPAddress.Parse(one)) == AddressBlock.Of(IPAddress.Parse(other)));

    private Task<IDisposable?> EnterAsync(AddressBlock from) => _places.EnterAsync(from, TestContext.Current.CancellationToken);

    private async Task<IDisposable[]> TakeAsync(AddressBlock from, int count)
    {
        List<IDisposable> held = [];
        for (int i = 0; i < count; i++)
        {
            held.Add(await EnterAsync(from) ?? throw new InvalidOperationException("No place was free."));
        }

        return [.. held];
    }
}
