using System.Net;
using Bunit;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Pages.Lists;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Web.Tests;

public sealed class SearchPageTests : IDisposable
{
    private readonly BunitContext _bunit = new();
    private readonly CannedApi _api = new();

    public SearchPageTests()
    {
        _bunit.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Samples.Now));
        _bunit.Services.AddSingleton<IFleetApi>(_api.Api);
        _bunit.Services.AddSingleton<ILiveFeed>(new ManualFeed());
        _bunit.Services.AddSingleton<LiveSwitch>();
        _bunit.AddBunitPersistentComponentState();
        _bunit.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public void Dispose()
    {
        _bunit.Dispose();
        _api.Dispose();
    }

    [Fact]
    public void Search_FilterThatNoKindUnderstands_SaysSoInsteadOfZero()
    {
        _api.Refusal = HttpStatusCode.BadRequest;
        _api.RefusalCode = ErrorCodes.InvalidFilter;

        IRenderedComponent<SearchPage> page = Search("host:(");

        page.WaitForAssertion(() => Assert.Contains("The filter was not understood", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("h2"));
    }

    [Fact]
    public void Search_NoMatch_CountsZero()
    {
        _api.Answer("/api/v1/hosts", new Page<HostView>([], null, 0));
        _api.Answer("/api/v1/functions", new Page<FunctionView>([], null, 0));
        _api.Answer("/api/v1/events", new Page<FleetEvent>([], null, 0));

        IRenderedComponent<SearchPage> page = Search("zzz");

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("h2").Count));
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    private IRenderedComponent<SearchPage> Search(string filter)
    {
        _bunit.Services.GetRequiredService<NavigationManager>().NavigateTo($"/search?q={Uri.EscapeDataString(filter)}");
        return _bunit.Render<SearchPage>();
    }
}
