using Microsoft.Playwright;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Opens a page of the dashboard, signed in by the administrator's token.</summary>
internal static class SignIn
{
    public static Task<IPage> OpenAsync(ChromiumBrowser browser, RunningFleet fleet, string path, ColorScheme scheme = ColorScheme.Light, int width = 1440) =>
        OpenAsync(browser, fleet.Endpoints.Dashboard, fleet.Data, path, scheme, width);

    public static async Task<IPage> OpenAsync(
        ChromiumBrowser browser, Uri dashboard, string data, string path, ColorScheme scheme = ColorScheme.Light, int width = 1440)
    {
        IPage page = await browser.NewPageAsync(scheme, width);
        await page.GotoAsync(new Uri(dashboard, $"/signin?returnUrl={Uri.EscapeDataString(path)}").ToString());
        await page.Locator("input[name=token]").FillAsync(File.ReadAllText(Path.Combine(data, "admin.token")).Trim());
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("signin", StringComparison.Ordinal));
        return page;
    }
}
