using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Microsoft.Playwright;

namespace Fleet.EndToEnd.Tests;

/// <summary>The dashboard in a real browser: pages load, are interactive, live, and accessible.</summary>
[Collection(FleetCollection.Name)]
public sealed class DashboardTests(RunningFleet fleet, ChromiumBrowser browser)
{
    public static TheoryData<string, ColorScheme> Pages()
    {
        TheoryData<string, ColorScheme> pages = [];
        foreach (string path in (string[])["/", "/hosts", "/functions", "/functions/one", "/events", "/policies", "/rollouts", "/attestation"])
        {
            pages.Add(path, ColorScheme.Light);
            pages.Add(path, ColorScheme.Dark);
        }

        return pages;
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_Opened_IsInteractiveWithoutConsoleErrorOrSeriousAxeFinding(string path, ColorScheme scheme)
    {
        Need();
        List<string> errors = [];
        IPage page = await SignIn.OpenAsync(browser, fleet, path: "/", scheme);
        page.Console += (_, message) => Keep(message.Type is "error", $"{message.Text} at {message.Location}");
        page.PageError += (_, error) => Keep(true, error);
        page.Response += (_, response) => Keep(response.Status >= 400, $"{response.Status} {response.Url}");

        await page.GotoAsync(new Uri(fleet.Endpoints.Dashboard, await ResolveAsync(path)).ToString());
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToBeVisibleAsync();
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        AxeResult axe = await page.RunAxe();

        Assert.Empty(axe.Violations.Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Id}: {violation.Help} ({string.Join(", ", violation.Nodes.Select(node => node.Html).Take(3))})"));
        Assert.Empty(errors);
        await page.Context.CloseAsync();

        void Keep(bool bad, string what)
        {
            if (bad)
            {
                errors.Add(what);
            }
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/functions")]
    [InlineData("/functions/one")]
    [InlineData("/events")]
    public async Task Page_OnANarrowScreen_DoesNotScrollSideways(string path)
    {
        Need();
        IPage page = await SignIn.OpenAsync(browser, fleet, await ResolveAsync(path), width: 390);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToBeVisibleAsync();

        int overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

        Assert.Equal(0, overflow);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Link_OfRun_SignsInOnce()
    {
        Need();
        string link = (await File.ReadAllTextAsync(Path.Combine(fleet.Data, "signin.url"), TestContext.Current.CancellationToken)).Trim();
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync(link);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Overview");

        IPage other = await browser.NewPageAsync();
        await other.GotoAsync(link);
        await other.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();

        await Assertions.Expect(other.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.Context.CloseAsync();
        await other.Context.CloseAsync();
    }

    [Fact]
    public async Task Page_WithoutSignIn_AsksForIt()
    {
        Need();
        IPage page = await browser.NewPageAsync();

        await page.GotoAsync(new Uri(fleet.Endpoints.Dashboard, "/events").ToString());

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" })).ToBeVisibleAsync();
        Assert.Contains("returnUrl", page.Url, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    private void Need()
    {
        fleet.Need();
        browser.Need();
    }

    /// <summary>"/functions/one" stands for a simulated function with a mailbox.</summary>
    private async Task<string> ResolveAsync(string path)
    {
        if (path is not "/functions/one")
        {
            return path;
        }

        MailboxView mailbox = (await fleet.Api.ListMailboxesAsync(new ListQuery(), TestContext.Current.CancellationToken)).Items[0];
        return $"/functions/{mailbox.Function}";
    }
}
