using AngleSharp.Dom;
using Bunit;
using Fleet.Contracts;
using Fleet.Web.Pages.Hosts;
using Fleet.Web.Text;

namespace Fleet.Web.Tests;

public sealed class HostPageTests : IDisposable
{
    private static readonly string Path = $"/api/v1/hosts/{Samples.Host}";
    private static readonly HostReference Other = new(HostId.Parse("0193a7c2e07a7a10b2c3d4e5f6a7b8ca"), "r12-n05", "live");
    private readonly WebPage _web = new();

    public HostPageTests()
    {
        _web.Api.Answer("/api/v1/functions", new Page<FunctionView>([], null));
        _web.Api.Answer("/api/v1/events", new Page<FleetEvent>([], null));
    }

    public void Dispose() => _web.Dispose();

    [Theory]
    [InlineData("evict")]
    [InlineData("ban")]
    public void Act_WithAReason_SendsItWithTheTagOfWhatWasRead(string verb)
    {
        _web.Api.Answer($"{Path}:{verb}", Host());
        IRenderedComponent<HostPage> page = Open(Host());
        Button(page, verb).Click();
        Assert.True(Button(page, $"{verb} 1 host").HasAttribute("disabled"));
        Assert.Contains("The connection of r12-n04 ends at once", Bar(page), StringComparison.Ordinal);

        page.Find("#access-reason").Input("stolen");
        Button(page, $"{verb} 1 host").Click();

        page.WaitForAssertion(() => Assert.Equal($"POST {Path}:{verb} \"7\"", Assert.Single(_web.Api.Changes)));
    }

    [Fact]
    public void Readmit_Banned_IsTheOnlyWayAndNeedsAReason()
    {
        _web.Api.Answer($"{Path}:readmit", Host());
        IRenderedComponent<HostPage> page = Open(Host() with { State = "banned", Access = new HostAccessView("banned", "stolen", "ada", Samples.Now) });
        Assert.Contains("the ban would be forgotten with it", Bar(page), StringComparison.Ordinal);
        Assert.Single(page.FindAll(".action-bar button")).Click();
        Assert.True(Button(page, "readmit 1 host").HasAttribute("disabled"));

        page.Find("#access-reason").Input("found");
        Button(page, "readmit 1 host").Click();

        page.WaitForAssertion(() => Assert.Equal($"POST {Path}:readmit \"7\"", Assert.Single(_web.Api.Changes)));
    }

    [Fact]
    public void Delete_Confirmed_NeedsNoReasonAndGoesToTheList()
    {
        IRenderedComponent<HostPage> page = Open(Host());
        Button(page, "delete").Click();
        Assert.Empty(page.FindAll("#access-reason"));

        Button(page, "delete 1 host").Click();

        page.WaitForAssertion(() => Assert.EndsWith("/hosts", _web.Navigation.Uri, StringComparison.Ordinal));
        Assert.Equal($"DELETE {Path} \"7\"", Assert.Single(_web.Api.Changes));
    }

    [Fact]
    public void Act_Refused_SaysWhyAndKeepsTheReason()
    {
        IRenderedComponent<HostPage> page = Open(Host());
        Button(page, "evict").Click();
        page.Find("#access-reason").Input("moved");

        Button(page, "evict 1 host").Click();

        page.WaitForAssertion(() => Assert.Contains("Not done: It is not to be had.", Bar(page), StringComparison.Ordinal));
        Assert.Equal("moved", page.Find("#access-reason").GetAttribute("value"));
    }

    [Fact]
    public void Ask_SomebodyElseBannedItMeanwhile_AsksNoLonger()
    {
        IRenderedComponent<HostPage> page = Open(Host());
        Button(page, "evict").Click();
        Store(Host() with { State = "banned", Access = new HostAccessView("banned", "stolen", "ada", Samples.Now) });

        _web.Change("hosts");

        page.WaitForAssertion(() => Assert.Equal(["Readmit…"], page.FindAll(".action-bar button").Select(button => button.TextContent.Trim())));
    }

    [Fact]
    public void Banner_Evicted_SaysWhoWhyAndTheWayBack()
    {
        string banner = Banner(Host() with { State = "evicted", Access = new HostAccessView("evicted", "moved to the lab", "ada", Samples.Now.AddMinutes(-14)) });

        Assert.Contains("Evicted 14 min ago by ada", banner, StringComparison.Ordinal);
        Assert.Contains("moved to the lab", banner, StringComparison.Ordinal);
        Assert.Contains("It can join again with a new token.", banner, StringComparison.Ordinal);
    }

    [Fact]
    public void Banner_Banned_SaysThatNoTokenHelps() =>
        Assert.Contains(
            "Its machine cannot join, not with a token either, until it is readmitted.",
            Banner(Host() with { State = "banned", Access = new HostAccessView("banned", "stolen", "ada", Samples.Now) }),
            StringComparison.Ordinal);

    [Fact]
    public void Banner_ReplacedBy_LeadsToTheLaterHost()
    {
        IRenderedComponent<HostPage> page = Open(Host() with { ReplacedBy = Other });

        Assert.Equal($"/hosts/{Other.Id}", page.Find(".banner a").GetAttribute("href"));
    }

    [Fact]
    public void Banner_SameMachineId_NamesTheOthers() =>
        Assert.Contains("1 other host has its machine id", Banner(Host() with { DuplicateMachineId = true, SameMachineId = [Other], SameMachineIdTotal = 1 }), StringComparison.Ordinal);

    [Fact]
    public void Banner_ConnectedTwice_SaysWhatIsKnownOfBoth()
    {
        string banner = Banner(Host() with { ConnectedTwice = Samples.Now.AddSeconds(-30), ConnectedTwiceNote = "Two machines, boot ids a and b." });

        Assert.Contains("Connected twice, last seen 30 s ago", banner, StringComparison.Ordinal);
        Assert.Contains("Two machines, boot ids a and b.", banner, StringComparison.Ordinal);
    }

    [Fact]
    public void Banner_DiskTakesNothing_SaysWhyAndWhatToDo()
    {
        string banner = Banner(Host() with { SpoolTrouble = "The disk does not take events: it is full." });

        Assert.Contains("The disk does not take events: it is full.", banner, StringComparison.Ordinal);
        Assert.Contains("Make room", banner, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "Clock 5 min ahead")]
    [InlineData(-7200, "Clock 2 h behind")]
    public void Banner_ClockSkew_SaysHowFarAndWhichWay(long seconds, string expected) =>
        Assert.Contains(expected, Banner(Host() with { ClockOffsetSeconds = seconds }), StringComparison.Ordinal);

    [Theory]
    [InlineData(48, "Certificate expires in 2 d", "renewed long ago")]
    [InlineData(-3, "Certificate expired 3 h ago", "new join token")]
    public void Banner_CertificateNotRenewed_SaysUntilWhenAndWhatToDo(int hours, string what, string action)
    {
        string banner = Banner(Host() with { CertificateOverdue = true, CertificateExpires = Samples.Now.AddHours(hours) });

        Assert.Contains(what, banner, StringComparison.Ordinal);
        Assert.Contains(action, banner, StringComparison.Ordinal);
    }

    [Fact]
    public void Head_NothingKnownOfCertificateAndClock_SaysUnknown()
    {
        IRenderedComponent<HostPage> page = Open(Host());

        Assert.Equal("unknown", Fact(page, "Certificate"));
        Assert.Equal("unknown", Fact(page, "Clock"));
        Assert.Empty(page.FindAll(".banner"));
    }

    [Fact]
    public void Head_CertificateAndClockInOrder_SaysUntilWhenWithoutABanner()
    {
        IRenderedComponent<HostPage> page = Open(Host() with { CertificateExpires = Samples.Now.AddDays(30), ClockOffsetSeconds = -4 });

        Assert.Equal("expires in 30 d", Fact(page, "Certificate"));
        Assert.Equal("4 s behind", Fact(page, "Clock"));
        Assert.Empty(page.FindAll(".banner"));
    }

    [Fact]
    public void Certificates_RenewedOnce_ShowWhatIsInUseAndWhatCameBefore()
    {
        IRenderedComponent<HostPage> page = Open(Host() with { Certificates = new HostCertificates(1, [Certificate("used", 60, 2), Certificate("superseded", -1, 1)]) });

        string[] rows = [.. page.FindAll("table").Single(table => table.TextContent.Contains("Issued by", StringComparison.Ordinal)).QuerySelectorAll("tbody tr").Select(row => row.TextContent)];
        Assert.Equal(2, rows.Length);
        Assert.Contains("in use", rows[0], StringComparison.Ordinal);
        Assert.Contains("in 60 d", rows[0], StringComparison.Ordinal);
        Assert.Contains("intermediate 2", rows[0], StringComparison.Ordinal);
        Assert.Contains("replaced", rows[1], StringComparison.Ordinal);
        Assert.Contains("renewed once", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("used", 60, null, "in use")]
    [InlineData("used", -1, null, "expired")]
    [InlineData("used", 60, "evicted", "refused")]
    [InlineData("issued", 60, null, "not used yet")]
    [InlineData("superseded", 60, "banned", "replaced")]
    [InlineData("later-word", 60, null, "later-word")]
    public void CertificateTone_NeverShowsAsGoodWhatIsRefused(string state, int days, string? access, string word)
    {
        HostView host = Host() with { Access = access is null ? null : new HostAccessView(access, "stolen", "ada", Samples.Now) };

        Tone tone = HostText.CertificateTone(Certificate(state, days, 1), host, Samples.Now);

        Assert.Equal(word, tone.Word);
        Assert.Equal(word is "in use", tone.Kind is "ok");
    }

    private static CertificateView Certificate(string state, int days, int issuer) => new(
        "0A1B2C3D4E5F60718293A4B5C6D7E8F9", new string('a', 64), state, issuer, Samples.Now.AddDays(days - 91), Samples.Now.AddDays(days - 90), Samples.Now.AddDays(days), null);

    private static HostView Host() => new() { Id = Samples.Host, Name = "r12-n04", State = "live", LastSeen = Samples.Now, Joined = Samples.Now.AddDays(-2) };

    private static string Bar(IRenderedComponent<HostPage> page) => page.Find(".action-bar").TextContent;

    private static string Fact(IRenderedComponent<HostPage> page, string name) =>
        page.FindAll("dl.facts > div").Single(fact => fact.QuerySelector("dt")!.TextContent == name).QuerySelector("dd")!.TextContent.Trim();

    private static IElement Button(IRenderedComponent<HostPage> page, string text) =>
        page.FindAll(".action-bar button").Single(button => button.TextContent.Trim().TrimEnd('…').Equals(text, StringComparison.OrdinalIgnoreCase));

    private string Banner(HostView host) => Open(host).Find(".banner").TextContent.ReplaceLineEndings(" ");

    private IRenderedComponent<HostPage> Open(HostView host)
    {
        Store(host);
        return _web.Open<HostPage>(".action-bar", ("Id", Samples.Host.ToString()));
    }

    private void Store(HostView host) => _web.Api.Answer(Path, host, "\"7\"");
}
