using AngleSharp.Dom;
using Bunit;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Pages.Policies;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Web.Tests;

public sealed class PolicyPageTests : IDisposable
{
    private const string Path = "/api/v1/policies/pm-guard";
    private readonly BunitContext _bunit = new();
    private readonly FakeTimeProvider _time = new(Samples.Now);
    private readonly CannedApi _api = new();
    private readonly ManualFeed _feed = new();

    public PolicyPageTests()
    {
        _bunit.Services.AddSingleton<TimeProvider>(_time);
        _bunit.Services.AddSingleton<IFleetApi>(_api.Api);
        _bunit.Services.AddSingleton<ILiveFeed>(_feed);
        _bunit.Services.AddSingleton<LiveSwitch>();
        _bunit.AddBunitPersistentComponentState();
        _bunit.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        Store(3);
    }

    public void Dispose()
    {
        _bunit.Dispose();
        _api.Dispose();
    }

    [Fact]
    public void Save_TextOfTheLatest_SendsTheTagOfThatText()
    {
        IRenderedComponent<PolicyPage> page = Open();

        page.Find("textarea").Input("mine");
        Save(page).Click();

        page.WaitForAssertion(() => Assert.Equal($"PUT {Path} \"3\"", Assert.Single(_api.Changes)));
    }

    [Fact]
    public void Feed_NewRevisionWhileWriting_KeepsTheTextAndDoesNotSaveOverIt()
    {
        IRenderedComponent<PolicyPage> page = Open();
        page.Find("textarea").Input("mine");
        Store(4);

        _feed.Change("policies");
        _time.Advance(TimeSpan.FromMilliseconds(100));

        page.WaitForAssertion(() => Assert.Contains("r4 was saved by ada while you wrote from r3", page.Find(".action-bar").TextContent, StringComparison.Ordinal));
        Assert.Equal("mine", page.Find("textarea").GetAttribute("value"));
        Assert.True(Save(page).HasAttribute("disabled"));
    }

    [Fact]
    public void Delete_Confirmed_TakesThePolicyOffItsHosts()
    {
        IRenderedComponent<PolicyPage> page = Open();

        page.FindAll("button").Single(b => b.TextContent == "Delete…").Click();
        page.FindAll("button").Single(b => b.TextContent == "Delete from 2 hosts").Click();

        page.WaitForAssertion(() => Assert.Equal($"DELETE {Path}?unassign=true \"3\"", Assert.Single(_api.Changes)));
    }

    private static IElement Save(IRenderedComponent<PolicyPage> page) =>
        page.FindAll("button").Single(b => b.TextContent.StartsWith("Save", StringComparison.Ordinal));

    private IRenderedComponent<PolicyPage> Open()
    {
        IRenderedComponent<PolicyPage> page = _bunit.Render<PolicyPage>(p => p.Add(c => c.Name, "pm-guard"));
        page.WaitForAssertion(() => Assert.Equal("text of r3", page.Find("textarea").GetAttribute("value")));
        return page;
    }

    private void Store(int revision) => _api.Answer(
        Path,
        new PolicyView
        {
            Name = "pm-guard",
            Revision = revision,
            Mode = EnforcementMode.Enforce,
            Hosts = "sim:true",
            Functions = "",
            Priority = 100,
            Claims = 1,
            Author = "ada",
            Changed = Samples.Now,
            Document = $"text of r{revision}",
            Reported = [new RevisionCount(3, 2)],
            MatchingHosts = 6,
        },
        $"\"{revision}\"");
}
