using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Microsoft.Playwright;

namespace Fleet.EndToEnd.Tests;

/// <summary>Makes the README's picture: run with -explicit only.</summary>
[Collection(FleetCollection.Name)]
public sealed class PictureTests(RunningFleet fleet, ChromiumBrowser browser)
{
    [Fact(Explicit = true)]
    public async Task Picture_OfTheOverview_IsTaken()
    {
        fleet.Need();
        browser.Need();
        for (int host = 0; host < fleet.Endpoints.Simulated.Hosts.Count; host++)
        {
            (MailboxView mailbox, string mirror, _) = await fleet.SimulatedMailboxAsync(host);
            for (int poke = 0; poke <= host * 3; poke++)
            {
                await Shell.RunAsync("setpci", "-O", $"sysfs.path={mirror}", "-s", $"{mailbox.Address}", $"{mailbox.Offset + 8 + (poke % 2 * 4):x}.W=0001");
            }
        }

        IPage page = await SignIn.OpenAsync(browser, fleet, "/");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("setpci");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Places.Root, "docs", "images", "overview.png") });
    }
}
