using Bunit;
using Fleet.Contracts;
using Fleet.Web.Pages.Functions.Lanes;
using Microsoft.AspNetCore.Components.Web;

namespace Fleet.Web.Tests;

/// <summary>The lanes of a function's page: what they ask the API for, and what they say of what they do not show.</summary>
public sealed class MailboxLanesTests : IDisposable
{
    private readonly WebPage _web = new();

    public void Dispose() => _web.Dispose();

    [Fact]
    public void Section_WithEvents_DrawsThemAndSaysThemAsATable()
    {
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([Fault(), Samples.Refused()], null));

        _web.Navigation.NavigateTo("/functions/x?span=1h");
        IRenderedComponent<MailboxLanes> section = Open("svg .bar");

        Assert.Equal("foreign response", section.Find("p.after .chip").TextContent.Trim());
        Assert.Contains("Most likely setpci", section.Markup, StringComparison.Ordinal);
        Assert.Equal(2, section.FindAll("details tbody tr").Count);
        Assert.All(section.FindAll("svg a[href]"), mark => Assert.Equal("-1", mark.GetAttribute("tabindex")));
    }

    [Fact]
    public void Section_AsksForABoundedStretchOfTheFunctionAndItsDevice()
    {
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([Fault()], null));

        Open("svg .bar", function: Samples.Function() with { Address = Samples.Address with { Function = 2 } });

        string asked = Uri.UnescapeDataString(_web.Api.Asked[1]);
        Assert.Contains("(function:\"0000:41:00.2\" or (kind:hold.* and function:\"0000:41:00.0\"))", asked, StringComparison.Ordinal);
        Assert.Contains("since=2026-11-22T14:28:07.118Z&until=2026-11-22T14:31:07.118Z&limit=500", asked, StringComparison.Ordinal);
    }

    [Fact]
    public void Section_WithNothing_SaysWhenThereLastWasSomething()
    {
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([], null));

        _web.Navigation.NavigateTo("/functions/x?span=1h");
        IRenderedComponent<MailboxLanes> section = Open(".none");

        Assert.Contains("Nobody met at this mailbox", section.Markup, StringComparison.Ordinal);
        Assert.Contains("limit=1", _web.Api.Asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Section_WithoutATimeAskedFor_ShowsTheMinuteInWhichSomethingLastHappened()
    {
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([Fault() with { Time = Samples.Now.AddHours(-3) }], null));

        IRenderedComponent<MailboxLanes> section = Open("svg .bar");

        Assert.Contains("11:29:17 to 11:30:17 UTC", section.Markup, StringComparison.Ordinal);
        Assert.EndsWith("?span=1m", section.Find(".actions > a:last-child").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Section_CutShort_SaysSoAndHatchesIt()
    {
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([Fault()], "next"));

        IRenderedComponent<MailboxLanes> section = Open("svg .gap");

        Assert.Contains("Only the newest 1 events of this time are drawn, back to 14:30:02.118", section.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Section_OfASilentHost_SaysThatThereMayBeMore()
    {
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([Fault()], null));

        IRenderedComponent<MailboxLanes> section = Open("svg .bar", function: Samples.Function() with { HostState = "silent" });

        Assert.Contains("r12-n04 is silent: what happened since then is told when its agent is back.", section.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Section_InThePast_IsNotReadAgainWhenSomethingHappens()
    {
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([Fault()], null));
        _web.Navigation.NavigateTo("/functions/x?span=10s&until=2026-11-22T14:30:05Z");
        IRenderedComponent<MailboxLanes> section = Open("svg .bar");
        int asked = _web.Api.Asked.Count;

        _web.Change("events");

        Assert.Equal(asked, _web.Api.Asked.Count);
        Assert.Contains("14:29:55 to 14:30:05 UTC", section.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_MoveFromMarkToMark_AndTheLineSaysIt()
    {
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([Fault(), Samples.Refused() with { Time = Samples.Now.AddMinutes(-30) }], null));
        _web.Navigation.NavigateTo("/functions/x?span=1h");
        IRenderedComponent<MailboxLanes> section = Open("svg .bar");

        section.Find(".plot").Focus();
        Assert.Contains("214 × refused", section.Find(".at").TextContent, StringComparison.Ordinal);
        section.Find(".plot").KeyDown(new KeyboardEventArgs { Key = "ArrowDown" });

        Assert.Contains("foreign response", section.Find(".at").TextContent, StringComparison.Ordinal);
        Assert.Single(section.FindAll(".cursor"));
        section.Find(".plot").KeyDown(new KeyboardEventArgs { Key = "Enter" });
        Assert.EndsWith("?span=10m&until=2026-11-22T14%3A35%3A02.118Z", _web.Navigation.Uri, StringComparison.Ordinal);
    }

    private static FleetEvent Fault() => Samples.Refused(2) with
    {
        Kind = EventKinds.MailboxFault,
        Time = Samples.Now.AddSeconds(-10),
        Caller = new Caller { Pid = 8841, Uid = 0, Comm = "fleet-agent", Exe = "/usr/bin/fleet-agent" },
        Offset = 0x100,
        Length = 0x18,
        Decision = null,
        Fault = "foreign-response",
        Count = 1,
        Detail = "ForeignResponse: another type than asked. Cause: observed bypasser. Most likely setpci.",
    };

    private IRenderedComponent<MailboxLanes> Open(string shows, FunctionView? function = null)
    {
        IRenderedComponent<MailboxLanes> section = _web.Render<MailboxLanes>(p => p.Add(c => c.Function, function ?? Samples.Function()).Add(c => c.InForce, []));
        section.WaitForAssertion(() => Assert.NotEmpty(section.FindAll(shows)));
        return section;
    }
}
