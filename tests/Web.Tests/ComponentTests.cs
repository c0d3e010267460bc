using Bunit;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Pages.Events;
using Fleet.Web.Pages.Functions;
using Fleet.Web.Pages.Hosts;
using Fleet.Web.Pages.Overview;
using Fleet.Web.Pages.Policies;
using Fleet.Web.Parts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Web.Tests;

public sealed class ComponentTests : IDisposable
{
    private readonly BunitContext _bunit = new();

    public ComponentTests() => _bunit.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Samples.Now.AddMinutes(14)));

    public void Dispose() => _bunit.Dispose();

    [Fact]
    public void ConfigPlane_UnreadDwords_AreNotDrawnAsRead()
    {
        IRenderedComponent<ConfigPlane> plane = _bunit.Render<ConfigPlane>(p => p
            .Add(c => c.Map, ConfigMap.Of(Samples.Detail())).Add(c => c.Selected, 0x100).Add(c => c.Link, o => $"/x?cap={o:x3}"));

        AngleSharp.Dom.IElement open = plane.Find("a.is-selected");
        Assert.Equal("/x?cap=100", open.GetAttribute("href"));
        Assert.Equal(4, Cells(open.QuerySelector(".read")!));
        Assert.Equal(2, Cells(open.QuerySelector(".unread")!));
        Assert.Equal(1000, Cells(plane.Find(".void")));
        Assert.Contains("20 of 1,024 dwords read", plane.Find("#at").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigPlane_Claims_CarryTheLettersOfTheTable()
    {
        ConfigMap map = ConfigMap.Of(Samples.Detail());
        IRenderedComponent<ConfigPlane> plane = _bunit.Render<ConfigPlane>(p => p.Add(c => c.Map, map).Add(c => c.Link, _ => "/"));
        IRenderedComponent<ClaimRows> rows = _bunit.Render<ClaimRows>(p => p.Add(c => c.Claims, map.Claims));

        Assert.Equal(["A", "B"], plane.FindAll("g.key text").Select(t => t.TextContent));
        Assert.Equal(["A", "B"], rows.FindAll(".claim-key").Select(t => t.TextContent));
        Assert.Contains("broker holds 108+10, writes of others are refused", plane.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void HostSensors_OneThatDoesNotWork_SaysSoAndWhy()
    {
        IRenderedComponent<HostSensors> table = _bunit.Render<HostSensors>(p => p.Add(c => c.Sensors,
        [
            new SensorReport("kprobe", false, "The kernel is built without CONFIG_KPROBE_EVENTS.", ""),
            new SensorReport("holders", true, "", "Processes that have a raw config file open."),
        ]));

        Assert.Equal(["Does not work", "Works"], table.FindAll("tbody tr td:nth-child(2)").Select(cell => cell.TextContent.Trim()));
        Assert.Contains("CONFIG_KPROBE_EVENTS", table.Find("tbody tr").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void HostSensors_None_IsNotShownAsGood() =>
        Assert.Contains("goes unseen", _bunit.Render<HostSensors>(p => p.Add(c => c.Sensors, [])).Markup, StringComparison.Ordinal);

    [Fact]
    public void ConfigPlane_KeysInside_SayWhatIsThere()
    {
        IRenderedComponent<ConfigPlane> plane = _bunit.Render<ConfigPlane>(p => p
            .Add(c => c.Map, ConfigMap.Of(Samples.Detail())).Add(c => c.Selected, 0x100).Add(c => c.Link, o => $"/x?cap={o:x3}"));

        plane.Find(".plane").Focus();
        plane.Find(".plane").KeyDown("ArrowRight");
        plane.Find(".plane").KeyDown("ArrowRight");

        string said = plane.Find("#at").TextContent;
        Assert.Contains("108", said, StringComparison.Ordinal);
        Assert.Contains("00000002", said, StringComparison.Ordinal);
        Assert.Contains("100 reads, 20 writes", said, StringComparison.Ordinal);
        plane.Find(".plane").KeyDown("ArrowDown");
        Assert.Contains("never read", plane.Find("#at").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void EventTable_RefusedWrite_NamesToolPidUidRegionAndHolder()
    {
        IRenderedComponent<EventTable> table = _bunit.Render<EventTable>(p => p.Add(c => c.Events, [Samples.Refused()]));

        string row = string.Join(' ', string.Join(' ', table.FindAll("tbody td").Select(td => td.TextContent)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (string part in (string[])["14:30:12.118", "r12-n04", "0000:41:00.0", "setpci", "9307, uid 0", "110+4 write", "refused", "broker", "214"])
        {
            Assert.Contains(part, row, StringComparison.Ordinal);
        }

        Assert.Contains("signed in as 1000", table.Markup, StringComparison.Ordinal);
        Assert.Equal($"/functions/{Samples.Host}-0000-41-00.0", table.FindAll("tbody a")[1].GetAttribute("href"));
    }

    [Fact]
    public void EventTable_Verdict_LeadsToItsEvidenceInPlaceOfItsNumber()
    {
        const string Attestation = "01a216216a767a9ea5a4dfd4ec62a5c5";
        FleetEvent verdict = Samples.Refused() with
        {
            Kind = EventKinds.AttestationVerdict,
            Caller = null,
            Offset = null,
            Decision = null,
            Detail = $"It is trusted: Every check that applies holds. Attestation {Attestation}.",
        };

        IRenderedComponent<EventTable> table = _bunit.Render<EventTable>(p => p.Add(c => c.Events, [verdict]));

        AngleSharp.Dom.IElement said = table.Find("td[colspan]");
        Assert.Equal("It is trusted: Every check that applies holds. Evidence", said.TextContent);
        Assert.EndsWith(Attestation, said.QuerySelector("a")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void EventTable_OnAHostsPage_SaysItsFunctionsAndNotItsName()
    {
        IRenderedComponent<EventTable> table = _bunit.Render<EventTable>(p => p.Add(c => c.Events, [Samples.Refused()]).Add(c => c.OfHost, true));

        Assert.DoesNotContain("r12-n04", table.Markup, StringComparison.Ordinal);
        Assert.Contains("0000:41:00.0", table.Find("tbody a").TextContent, StringComparison.Ordinal);
        Assert.Equal(table.FindAll("thead th").Count, table.FindAll("tbody td").Count);
    }

    [Fact]
    public void FunctionTabs_OfAFunction_LeadToItsSectionsWithTheirCounts()
    {
        IRenderedComponent<FunctionTabs> tabs = _bunit.Render<FunctionTabs>(p => p.Add(c => c.Detail, Samples.Detail()));

        string[] leads = [.. tabs.FindAll("a").Select(a => a.GetAttribute("href")!.Split('#')[1])];
        Assert.Equal(Samples.Detail().Function.Mailboxes.Count > 0 ? ["map", "claims", "mailboxes", "lanes", "events"] : ["map", "claims", "events"], leads);
        Assert.Equal($"{Samples.Detail().ClaimsInForce.Count}", tabs.FindAll("a")[1].QuerySelector("span")!.TextContent);
    }

    [Fact]
    public void EventTable_TextFromOutside_IsNotMarkup()
    {
        FleetEvent hostile = Samples.Refused() with { Caller = new Caller { Pid = 1, Comm = "<script>x" }, Detail = "\"><img src=x>" };

        IRenderedComponent<EventTable> table = _bunit.Render<EventTable>(p => p.Add(c => c.Events, [hostile]));

        Assert.Empty(table.FindAll("script, img"));
    }

    [Fact]
    public void DiagnosticList_Errors_LeadToTheirPlace()
    {
        IRenderedComponent<DiagnosticList> list = _bunit.Render<DiagnosticList>(p => p.Add(c => c.Errors, [new Diagnostic(6, 9, "spec.mode", "'x' is no mode.")]));

        AngleSharp.Dom.IElement place = list.Find("button");
        Assert.Equal("6:9", place.TextContent);
        Assert.Equal(("6", "9"), (place.GetAttribute("data-line"), place.GetAttribute("data-column")));
        Assert.Contains("'x' is no mode.", list.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void DocumentEditor_WrongLine_IsMarkedInTheGutter()
    {
        IRenderedComponent<DocumentEditor> editor = _bunit.Render<DocumentEditor>(p => p
            .Add(c => c.Text, "a\nb\nc").Add(c => c.Errors, [new Diagnostic(2, 1, "", "wrong")]));

        Assert.Equal(["1", "2", "3"], editor.FindAll(".gutter span").Select(s => s.TextContent));
        Assert.Equal("2", editor.Find(".gutter .is-wrong").TextContent);
    }

    [Fact]
    public void Age_Time_ShowsOneUnitAndTheInstant()
    {
        IRenderedComponent<Age> age = _bunit.Render<Age>(p => p.Add(c => c.At, Samples.Now));

        Assert.Equal("14 min", age.Find("time").TextContent);
        Assert.Equal("2026-11-22 14:30:12.118 UTC", age.Find("time").GetAttribute("title"));
    }

    [Fact]
    public void AttentionList_Nothing_SaysSo() =>
        Assert.Contains("asks for a decision", _bunit.Render<AttentionList>(p => p.Add(c => c.Items, [])).Markup, StringComparison.Ordinal);

    [Fact]
    public void AttentionList_Many_ShowsTheWorstAndTheOthersOnDemand()
    {
        AttentionItem[] items = [.. Enumerable.Range(1, 50).Select(i => new AttentionItem("bad", $"tool-{i:00}", "was refused", "it reached in", Samples.Now, "Open function", "/"))];
        IRenderedComponent<AttentionList> list = _bunit.Render<AttentionList>(p => p.Add(c => c.Items, items).Add(c => c.Total, 73));
        Assert.Equal(12, list.FindAll("li b").Count);
        AngleSharp.Dom.IElement more = list.Find("button");
        Assert.Equal("Show 38 more", more.TextContent);

        more.Click();

        Assert.Equal(50, list.FindAll("li b").Count);
        Assert.Contains("23 more", list.Find("li.rest").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void ProblemNote_OldAnswer_CarriesItsAge()
    {
        FleetApiException lost = new(null, FleetApiException.Unreachable, "The server cannot be reached", "connection refused");

        string text = _bunit.Render<ProblemNote>(p => p.Add(c => c.Problem, lost).Add(c => c.ReadAt, Samples.Now)).Find("[role=alert]").TextContent;

        Assert.Contains("What you see is from 14:30:12 UTC", text, StringComparison.Ordinal);
        Assert.Contains("Check that the server runs", text, StringComparison.Ordinal);
    }

    [Fact]
    public void SortHead_Active_SaysItsDirection()
    {
        IRenderedComponent<SortHead> head = _bunit.Render<SortHead>(p => p.Add(c => c.Sort, "-claims").Add(c => c.By, "claims").Add(c => c.Word, "Claims").Add(c => c.Numeric, true));

        Assert.Equal("descending", head.Find("th").GetAttribute("aria-sort"));
        Assert.EndsWith("sort=claims", head.Find("a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void StackBar_SmallShare_IsStillSeen()
    {
        IRenderedComponent<StackBar> bar = _bunit.Render<StackBar>(p => p.Add(
            c => c.Shares, [new StackShare("applied", "applied", 9999), new StackShare("failed", "failed", 1), new StackShare("silent", "silent", 0)]));

        Assert.Equal(2, bar.FindAll(".part").Count);
        Assert.Equal("0.8%", bar.Find(".m-failed").GetAttribute("width"));
        Assert.Equal("9,999 applied, 1 failed, 0 silent", bar.Find("svg").GetAttribute("aria-label"));
    }

    private static int Cells(AngleSharp.Dom.IElement path) => path.GetAttribute("d")!.Count(c => c is 'M');
}
