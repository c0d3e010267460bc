using Bunit;
using Fleet.Contracts;
using Fleet.Web.Pages.Audit;
using Fleet.Web.Pages.Hosts;

namespace Fleet.Web.Tests;

public sealed class AuditPageTests : IDisposable
{
    private readonly WebPage _web = new();

    public void Dispose() => _web.Dispose();

    [Fact]
    public void Page_WithEntries_SaysWhoDidWhatToWhatAndLinksToIt()
    {
        _web.Api.Answer("/api/v1/audit", new Page<AuditView>(
            [
                Entry(4, "host.ban", $"{Samples.Host}", "r12-n04: stolen"),
                Entry(3, "token.create", "0193a7c2e07a7a10b2c3d4e5f6a7b8c9", "50 uses"),
                Entry(2, "quarantine.release", $"{Samples.Host}-0000-41-00.0", "replaced"),
                Entry(1, "agent.refused.expired", "r12-n09", "Refused: expired", who: ""),
            ], null, 4));

        IRenderedComponent<AuditPage> page = _web.Open<AuditPage>("tbody tr");

        Assert.Equal(["banned a host", "made a join token", "released a quarantine", "refused an agent: expired"], page.FindAll("tbody td:nth-child(3)").Select(cell => cell.TextContent.Trim()));
        Assert.Equal(
            [$"/hosts/{Samples.Host}", "/join-tokens/0193a7c2e07a7a10b2c3d4e5f6a7b8c9", $"/functions/{Samples.Host}-0000-41-00.0"],
            page.FindAll("tbody td a").Select(link => link.GetAttribute("href")));
        Assert.Contains("nobody known", page.FindAll("tbody tr")[3].TextContent, StringComparison.Ordinal);
        Assert.Contains("4 entries", page.Find(".bar").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfARangeAndFilter_AsksForThem()
    {
        _web.Navigation.NavigateTo("/audit?q=action%3Ahost.*&range=7d&cursor=abc");
        _web.Api.Answer("/api/v1/audit", new Page<AuditView>([], "more"));

        IRenderedComponent<AuditPage> page = _web.Open<AuditPage>(".empty");

        Assert.Equal("/api/v1/audit?q=action%3Ahost.%2A&since=2026-11-15T14%3A30%3A12.118Z&cursor=abc&limit=100", _web.Api.Asked[0]);
        Assert.Contains("Nothing so far", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "Intact", "Each of 1,204 entries follows from the one before it.")]
    [InlineData(false, "Broken", "Entry 7 does not follow from the one before it.")]
    public void Check_Pressed_SaysWhetherTheChainHolds(bool intact, string word, string sentence)
    {
        _web.Api.Answer("/api/v1/audit", new Page<AuditView>([Entry(1, "token.create", "t", "")], null, 1));
        _web.Api.Answer("/api/v1/audit/check", new AuditCheck(intact, 1_204, intact ? null : 7, "3f2a", Samples.Now, intact ? null : sentence));
        IRenderedComponent<AuditPage> page = _web.Open<AuditPage>("tbody tr");
        Assert.DoesNotContain("/api/v1/audit/check", _web.Api.Asked);

        page.Find(".actions button").Click();

        page.WaitForAssertion(() => Assert.Contains(sentence, page.Find(".check").TextContent, StringComparison.Ordinal));
        Assert.Equal(word, page.Find(".check .chip").TextContent.Trim());
    }

    [Fact]
    public void Hosts_InAnOrder_AskTheServerForIt()
    {
        _web.Navigation.NavigateTo("/hosts?sort=-contentions");
        _web.Api.Answer("/api/v1/hosts", new Page<HostView>([], null, 0));

        IRenderedComponent<HostsPage> page = _web.Open<HostsPage>("h1");

        Assert.Equal("/api/v1/hosts?sort=-contentions&limit=200", _web.Api.Asked[0]);
        Assert.DoesNotContain("of this page alone", page.Markup, StringComparison.Ordinal);
    }

    private static AuditView Entry(long number, string action, string subject, string detail, string who = "user:alice") =>
        new(number, Samples.Now, who, action, subject, detail, "hash");
}
