using Bunit;
using Fleet.Contracts;
using Fleet.Web.Pages.Servers;

namespace Fleet.Web.Tests;

public sealed class ServersPageTests : IDisposable
{
    private readonly WebPage _web = new();

    public void Dispose() => _web.Dispose();

    [Fact]
    public void Servers_One_IsShownWithItsVersion()
    {
        IRenderedComponent<ServersPage> page = Open(Server("a"));

        Assert.Contains("This server does everything.", page.Find(".hint").TextContent, StringComparison.Ordinal);
        Assert.Equal("fleet-a serves this page", page.Find("tbody td").TextContent);
        Assert.Contains("1.0.0", page.Find("tbody tr").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_OneGone_HoldsNoAgentsAndLeadsNoMore()
    {
        IRenderedComponent<ServersPage> page = Open(Server("a"), Server("b") with { Alive = false, LeaderSince = Samples.Now.AddDays(-1) });

        Assert.Contains("1 on one database, 1 gone", page.Find(".page-head").TextContent, StringComparison.Ordinal);
        string[] gone = [.. page.FindAll("tbody tr")[1].QuerySelectorAll("td").Select(cell => cell.TextContent.Trim())];
        Assert.Equal(["gone", "–", "–"], gone[1..4]);
    }

    [Fact]
    public void Servers_AgentsMove_CountsAnew()
    {
        IRenderedComponent<ServersPage> page = Open(Server("a"));
        Store(Server("a") with { Agents = 1200 });

        _web.Change("hosts");

        page.WaitForAssertion(() => Assert.Contains("1,200", page.Find("tbody tr").TextContent, StringComparison.Ordinal));
    }

    private static ServerView Server(string id) => new(id, $"fleet-{id}", "1.0.0", Samples.Now.AddDays(-2), Samples.Now, Alive: true, 40, null, Answered: id is "a");

    private IRenderedComponent<ServersPage> Open(params ServerView[] servers)
    {
        Store(servers);
        return _web.Open<ServersPage>("tbody tr");
    }

    private void Store(params ServerView[] servers) => _web.Api.Answer("/api/v1/servers", new Page<ServerView>(servers, null));
}
