using AngleSharp.Dom;
using Bunit;
using Fleet.Contracts;
using Fleet.Web.Access;
using Fleet.Web.Pages.Hosts;
using Fleet.Web.Pages.Tokens;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Tests;

public sealed class ApiTokenPagesTests : IDisposable
{
    private const string Path = "/api/v1/tokens";
    private readonly WebPage _web = new();

    public void Dispose() => _web.Dispose();

    [Fact]
    public void List_Active_AsksForThemAndShowsWhatTheyMay()
    {
        _web.Api.Answer(Path, new Page<ApiTokenView>([Token(), Token("viewer", Roles.ScopesOf(Roles.Viewer)) with { Id = "b", LastUsed = Samples.Now.AddMinutes(-3) }], null, 2));

        IRenderedComponent<ApiTokensPage> page = _web.Open<ApiTokensPage>("tbody tr");

        Assert.Equal($"{Path}?active=true&limit=100", Assert.Single(_web.Api.Asked));
        Assert.Contains("2 active tokens", page.Markup, StringComparison.Ordinal);
        Assert.Contains("join-tokens:write", page.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("never", page.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("as viewer", page.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("3 min", page.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void New_RoleThenOneLess_SendsThoseScopesAndShowsTheTokenOnce()
    {
        ApiTokenCreated made = new("pft_a_b", Token(), ["It never expires: be careful."]);
        _web.Api.Answer(Path, new Page<ApiTokenView>([], null, 0));
        IRenderedComponent<ApiTokensPage> page = _web.Open<ApiTokensPage>(".page-head .button--primary");
        page.Find(".page-head .button--primary").Click();

        page.Find("input[placeholder=ci]").Input("ci");
        Preset(page, "viewer").Click();
        Box(page, Scopes.AuditRead).Change(false);
        Assert.Equal($"Make a token with {Roles.ScopesOf(Roles.Viewer).Count - 1} scopes", page.Find("button[type=submit]").TextContent);
        _web.Api.Answer($"POST {Path}", made);
        page.Find("form").Submit();

        Assert.Equal($"POST {Path}", _web.Api.Changes.Single());
        page.WaitForAssertion(() => Assert.Contains("pft_a_b", page.Markup, StringComparison.Ordinal));
        Assert.Contains("be careful", page.Markup, StringComparison.Ordinal);
        page.FindAll("button").Single(button => button.TextContent is "Done, hide the token").Click();
        Assert.DoesNotContain("pft_a_b", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void New_NoScope_CannotBeMade()
    {
        IRenderedComponent<NewApiToken> form = _web.Render<NewApiToken>(_ => { });

        form.Find("input[placeholder=ci]").Input("ci");

        Assert.True(form.Find("button[type=submit]").HasAttribute("disabled"));
        Assert.Contains("needs at least one scope", form.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void New_WhatTheMakerLacks_CannotBeChosen()
    {
        IRenderedComponent<NewApiToken> form = _web.Render<NewApiToken>(form => form.AddCascadingValue(As(Roles.Operator)));

        Preset(form, "admin").Click();

        Assert.True(Box(form, Scopes.HostsDelete).HasAttribute("disabled"));
        Assert.False(Box(form, Scopes.HostsDelete).HasAttribute("checked"));
        Assert.True(Box(form, Scopes.HostsEvict).HasAttribute("checked"));
    }

    [Fact]
    public void Item_Revoke_AsksOnceAndSaysWhatStays()
    {
        Store(Token() with { LastUsed = Samples.Now.AddMinutes(-5) }, Token("child") with { Id = "c", Parent = "a" });
        IRenderedComponent<ApiTokenPage> page = _web.Open<ApiTokenPage>(".action-bar", ("Id", "a"));

        page.Find(".action-bar .button--danger").Click();

        string asked = page.Find(".action-bar [role=status]").TextContent;
        Assert.StartsWith("It was last used 5 min ago.", asked, StringComparison.Ordinal);
        Assert.EndsWith("1 token that it made stays.", asked, StringComparison.Ordinal);
        Assert.Empty(_web.Api.Changes);
        page.Find(".action-bar .button--danger").Click();
        Assert.Equal([$"DELETE {Path}/a"], _web.Api.Changes);
    }

    [Fact]
    public void Pages_OfAViewer_DisableWhatItMayNotAndSayWhy()
    {
        HostView host = new() { Id = Samples.Host, Name = "r12-n04", State = "live", LastSeen = Samples.Now, Joined = Samples.Now.AddDays(-2) };
        IRenderedComponent<HostActions> actions = _web.Render<HostActions>(bar =>
            bar.AddCascadingValue(As(Roles.Viewer)).Add(actions => actions.Host, new Fleet.Client.Tagged<HostView>(host, "\"1\"")));

        Assert.NotEmpty(actions.FindAll("button"));
        Assert.All(actions.FindAll("button"), button => Assert.True(button.HasAttribute("disabled")));
        Assert.Equal("You are signed in as viewer: this needs the scope hosts:evict, which an operator has.", actions.Find("[role=status]").TextContent);
        Assert.Contains("hosts:delete, which an administrator has", actions.FindAll("button")[^1].GetAttribute("title"), StringComparison.Ordinal);
    }

    private static Permissions As(string role) => new(new VersionView("1", 3, $"user:{role}", role, Roles.ScopesOf(role)));

    private static ApiTokenView Token(string name = "ci", IReadOnlyList<string>? scopes = null) =>
        new() { Id = "a", Name = name, State = "active", Scopes = scopes ?? [Scopes.JoinTokensWrite], Author = "local admin", Created = Samples.Now.AddDays(-1) };

    private static IElement Preset<T>(IRenderedComponent<T> page, string role)
        where T : IComponent => page.FindAll(".button-group button").Single(button => button.TextContent == role);

    private static IElement Box<T>(IRenderedComponent<T> page, string scope)
        where T : IComponent => page.FindAll("label.check").Single(label => label.QuerySelector("code")!.TextContent == scope).QuerySelector("input")!;

    private void Store(ApiTokenView token, params ApiTokenView[] made)
    {
        _web.Api.Answer($"{Path}/{token.Id}", token);
        _web.Api.Answer(Path, new Page<ApiTokenView>(made, null, made.Length));
        _web.Api.Answer("/api/v1/audit", new Page<AuditView>([new AuditView(1, Samples.Now, "local admin", "api-token.create", token.Id, "ci", "h")], null, 1));
    }
}
