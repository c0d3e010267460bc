using System.Net;
using Bunit;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Pages.Events;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Web.Tests;

public sealed class EventsPageTests : IDisposable
{
    private const string Path = "/api/v1/events";
    private readonly BunitContext _bunit = new();
    private readonly FakeTimeProvider _time = new(Samples.Now);
    private readonly CannedApi _api = new();
    private readonly ManualFeed _feed = new();

    public EventsPageTests()
    {
        _bunit.Services.AddSingleton<TimeProvider>(_time);
        _bunit.Services.AddSingleton<IFleetApi>(_api.Api);
        _bunit.Services.AddSingleton<ILiveFeed>(_feed);
        _bunit.Services.AddSingleton<LiveSwitch>();
        _bunit.AddBunitPersistentComponentState();
        _bunit.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        Store(1);
    }

    public void Dispose()
    {
        _bunit.Dispose();
        _api.Dispose();
    }

    [Fact]
    public void Feed_EventsChange_ShowsTheNewRow()
    {
        IRenderedComponent<EventsPage> page = Open();
        Store(1, 2);

        Pulse();

        page.WaitForAssertion(() => Assert.Equal(2, Rows(page)));
    }

    [Fact]
    public void Feed_PointerOnTheTable_HoldsTheRowsAndCounts()
    {
        IRenderedComponent<EventsPage> page = Open();
        page.Find("div.scroll").TriggerEvent("onpointerenter", new Microsoft.AspNetCore.Components.Web.PointerEventArgs());
        Store(1, 2, 3);

        Pulse();

        page.WaitForAssertion(() => Assert.Equal("2 or more newer", page.Find("button.newer").TextContent));
        Assert.Equal(1, Rows(page));
        page.Find("button.newer").Click();
        Assert.Equal(3, Rows(page));
        Assert.Empty(page.FindAll("button.newer"));
    }

    [Fact]
    public void Feed_Paused_ReadsNothingUntilLive()
    {
        IRenderedComponent<EventsPage> page = Open();
        LiveSwitch live = _bunit.Services.GetRequiredService<LiveSwitch>();
        live.Set(true);
        Store(1, 2);

        Pulse();
        Assert.Single(_api.Asked);
        live.Set(false);
        _time.Advance(TimeSpan.FromMilliseconds(100));

        page.WaitForAssertion(() => Assert.Equal(2, Rows(page)));
    }

    [Fact]
    public void Feed_ServerRefuses_KeepsTheRowsWithTheirAge()
    {
        IRenderedComponent<EventsPage> page = Open();
        _api.Refusal = HttpStatusCode.ServiceUnavailable;

        Pulse();

        page.WaitForAssertion(() => Assert.Contains("What you see is from 14:30:12 UTC", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal(1, Rows(page));
    }

    [Fact]
    public void Filter_InTheAddress_GoesToTheServer()
    {
        _bunit.Services.GetRequiredService<NavigationManager>().NavigateTo("/events?q=comm%3Asetpci");

        IRenderedComponent<EventsPage> page = Open();

        Assert.Equal(Path + "?q=comm%3Asetpci&limit=100", Assert.Single(_api.Asked));
        Assert.Equal("setpci", page.Find("input[aria-label='Filter caller']").GetAttribute("value"));
    }

    [Fact]
    public void Loss_OfUnknownCount_IsNotShownAsOne()
    {
        FleetEvent loss = new()
        {
            Host = Samples.Host,
            HostName = "r12-n04",
            Epoch = 3,
            Sequence = 9,
            Time = Samples.Now,
            Kind = EventKinds.AgentLoss,
            Count = 1,
            CountUnknown = true,
            Detail = "The spool was damaged.",
        };
        _api.Answer(Path, new Page<FleetEvent>([loss], null));

        AngleSharp.Dom.IElement row = Open().Find("tbody tr");

        Assert.Equal("unknown", row.LastElementChild!.TextContent);
        Assert.Contains("The spool was damaged.", row.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_LookedNoFurther_OffersToLookFurtherInsteadOfSayingNothingMatches()
    {
        _api.Answer(Path, new Page<FleetEvent>([], "further"));
        _bunit.Services.GetRequiredService<NavigationManager>().NavigateTo("/events?q=comm%3Asetpci");

        IRenderedComponent<EventsPage> page = _bunit.Render<EventsPage>();

        page.WaitForAssertion(() => Assert.Equal("Nothing so far", page.Find(".empty h2").TextContent));
        Assert.Contains("cursor=further", page.FindAll(".table-foot a").Single(link => link.TextContent.Contains("Older", StringComparison.Ordinal)).GetAttribute("href"), StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing matches", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_Page_LeavesTheFeed()
    {
        Open();
        Assert.Equal(1, _feed.Listeners);

        await _bunit.DisposeComponentsAsync();

        Assert.Equal(0, _feed.Listeners);
    }

    private static int Rows(IRenderedComponent<EventsPage> page) => page.FindAll("tbody tr").Count;

    private IRenderedComponent<EventsPage> Open()
    {
        IRenderedComponent<EventsPage> page = _bunit.Render<EventsPage>();
        page.WaitForAssertion(() => Assert.Equal(1, Rows(page)));
        return page;
    }

    private void Pulse()
    {
        _feed.Change("hosts");
        _feed.Change("events");
        _time.Advance(TimeSpan.FromMilliseconds(100));
    }

    private void Store(params long[] sequences) =>
        _api.Answer(Path, new Page<FleetEvent>([.. sequences.OrderDescending().Select(Samples.Refused)], null));
}
