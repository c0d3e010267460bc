using AngleSharp.Dom;
using Bunit;
using Fleet.Contracts;
using Fleet.Web.Pages.JoinTokens;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Tests;

public sealed class JoinTokenPagesTests : IDisposable
{
    private const string Path = "/api/v1/join-tokens";
    private readonly WebPage _web = new();

    public void Dispose() => _web.Dispose();

    [Fact]
    public void List_NoTokenOpen_SaysThatNoHostCanJoinAndOffersOne()
    {
        Store();

        IRenderedComponent<JoinTokensPage> page = _web.Open<JoinTokensPage>("form.make");

        Assert.Contains("No host can join now: no token is open.", page.Markup, StringComparison.Ordinal);
        Assert.Equal($"{Path}?active=true&limit=100", Assert.Single(_web.Api.Asked));
    }

    [Fact]
    public void List_All_AsksForThoseThatEndedToo()
    {
        Store(Token() with { State = "revoked" });
        _web.Navigation.NavigateTo("/join-tokens?show=all");

        IRenderedComponent<JoinTokensPage> page = _web.Open<JoinTokensPage>("tbody tr");

        Assert.Equal($"{Path}?limit=100", Assert.Single(_web.Api.Asked));
        Assert.Contains("revoked", page.Find("tbody tr").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_LabelThatIsNone_SaysWhichAndSendsNothing()
    {
        IRenderedComponent<NewToken> form = _web.Render<NewToken>(_ => { });
        Field(form, "Labels for its hosts").Input("pool=prod, r12");

        form.Find("form").Submit();

        Assert.Contains("'r12' is not key=value", form.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(_web.Api.Changes);
    }

    [Fact]
    public void Create_ManyHostsForLong_SaysWhatIsRiskyBeforeItIsMade()
    {
        IRenderedComponent<NewToken> form = _web.Render<NewToken>(_ => { });

        Field(form, "Hosts").Input("200");
        form.Find("select").Change("604800");

        Assert.StartsWith("More than a day and many hosts", form.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Make a token for 200 hosts", form.Find("button[type=submit]").TextContent);
    }

    [Fact]
    public void Create_Refused_SaysThatNoneWasMade()
    {
        IRenderedComponent<NewToken> form = _web.Render<NewToken>(_ => { });

        form.Find("form").Submit();

        form.WaitForAssertion(() => Assert.Equal("No token made: It is not to be had.", form.Find("[role=alert]").TextContent));
    }

    [Fact]
    public void Created_Token_IsShownUntilDoneAndCountsWhoJoined()
    {
        int closed = 0;
        IRenderedComponent<CreatedToken> shown = Created(joined: 0, EventCallback.Factory.Create(this, () => closed++));
        Assert.Contains("fleet-agent run --server https://fleet.test:8443 --token fleetjoin_a.b", shown.Markup, StringComparison.Ordinal);
        Assert.Contains("Waiting for the first agent", shown.Markup, StringComparison.Ordinal);
        Assert.Contains("Its note names a host.", shown.Find(".warning").TextContent, StringComparison.Ordinal);

        shown.Find(".empty > .actions button").Click();

        Assert.Equal(1, closed);
        Assert.Contains("2 of 5 hosts joined.", Created(joined: 2, default).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Revoke_Confirmed_RevokesThisTokenOnly()
    {
        _web.Api.Answer($"{Path}/t1", Detail(Token()));
        IRenderedComponent<JoinTokenPage> page = OpenToken();
        Button(page, "Revoke…").Click();
        Assert.Contains("Hosts that joined with it stay.", page.Find(".action-bar").TextContent, StringComparison.Ordinal);
        Assert.Empty(_web.Api.Changes);

        Button(page, "Revoke 1 token").Click();

        page.WaitForAssertion(() => Assert.Equal($"DELETE {Path}/t1", Assert.Single(_web.Api.Changes)));
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    [InlineData("used-up")]
    public void Token_ThatEnded_OffersNoRevoking(string state)
    {
        _web.Api.Answer($"{Path}/t1", Detail(Token() with { State = state }));

        Assert.Empty(OpenToken().FindAll(".action-bar"));
    }

    [Fact]
    public void Token_Hosts_AreNamedWithTheirStateAndTheTrailInWords()
    {
        _web.Api.Answer($"{Path}/t1", Detail(Token(), new AdmittedHost(Samples.Host, "r12-n04", "evicted", Samples.Now.AddHours(-2))));

        IRenderedComponent<JoinTokenPage> page = OpenToken();

        string host = page.Find($"a[href='/hosts/{Samples.Host}']").ParentElement!.ParentElement!.TextContent;
        Assert.Contains("Evicted", host, StringComparison.Ordinal);
        Assert.Contains("admitted a host", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Token_Unknown_SaysSo() => Assert.Contains("There is no such join token", _web.Open<JoinTokenPage>("h1", ("Id", "t9")).Markup, StringComparison.Ordinal);

    private static JoinTokenView Token() => new()
    {
        Id = "t1",
        State = "active",
        Note = "row r12",
        Uses = 5,
        Used = 2,
        Author = "ada",
        Created = Samples.Now.AddHours(-3),
        Expires = Samples.Now.AddHours(1),
    };

    private static JoinTokenDetail Detail(JoinTokenView token, params AdmittedHost[] hosts) => new(token, hosts, hosts.Length);

    private static IElement Field(IRenderedComponent<NewToken> form, string label) =>
        form.FindAll("label").Single(l => l.TextContent.Trim() == label).QuerySelector("input")!;

    private static IElement Button(IRenderedComponent<JoinTokenPage> page, string text) =>
        page.FindAll(".action-bar button").Single(button => button.TextContent.Trim() == text);

    private IRenderedComponent<CreatedToken> Created(int joined, EventCallback onClose) => _web.Render<CreatedToken>(p => p
        .Add(c => c.Created, new JoinTokenCreated("fleetjoin_a.b", "https://fleet.test:8443", Token(), ["Its note names a host."]))
        .Add(c => c.Joined, joined)
        .Add(c => c.OnClose, onClose));

    private IRenderedComponent<JoinTokenPage> OpenToken()
    {
        _web.Api.Answer("/api/v1/audit", new Page<AuditView>([new AuditView(4, Samples.Now, "r12-n04", "token.use", "t1", "", "")], null));
        return _web.Open<JoinTokenPage>("dl.facts", ("Id", "t1"));
    }

    private void Store(params JoinTokenView[] tokens) => _web.Api.Answer(Path, new Page<JoinTokenView>(tokens, null, tokens.Length));
}
