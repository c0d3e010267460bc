using Bunit;
using Fleet.Client;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Web.Tests;

/// <summary>A browser's circuit with one page in it: the real client, answers that the test gives, time and changes by hand.</summary>
internal sealed class WebPage : IDisposable
{
    private readonly BunitContext _bunit = new();

    public WebPage()
    {
        _bunit.Services.AddSingleton<TimeProvider>(Time);
        _bunit.Services.AddSingleton<IFleetApi>(Api.Api);
        _bunit.Services.AddSingleton<ILiveFeed>(Feed);
        _bunit.Services.AddSingleton<LiveSwitch>();
        _bunit.AddBunitPersistentComponentState();
        _bunit.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public FakeTimeProvider Time { get; } = new(Samples.Now);

    public CannedApi Api { get; } = new();

    public ManualFeed Feed { get; } = new();

    public NavigationManager Navigation => _bunit.Services.GetRequiredService<NavigationManager>();

    /// <summary>The page once it shows what was read.</summary>
    public IRenderedComponent<T> Open<T>(string shows, params (string Name, string Value)[] parameters)
        where T : IComponent
    {
        IRenderedComponent<T> page = _bunit.Render<T>(builder =>
        {
            foreach ((string name, string value) in parameters)
            {
                builder.TryAdd(name, value);
            }
        });
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(shows)));
        return page;
    }

    public IRenderedComponent<T> Render<T>(Action<ComponentParameterCollectionBuilder<T>> parameters)
        where T : IComponent => _bunit.Render(parameters);

    /// <summary>The server says that something of the topic changed, and the pages read.</summary>
    public void Change(string topic)
    {
        Feed.Change(topic);
        Time.Advance(TimeSpan.FromSeconds(1));
    }

    public void Dispose()
    {
        _bunit.Dispose();
        Api.Dispose();
    }
}
