using System.Net;
using Fleet.Server.Tests.Host;
using Fleet.Testing;

namespace Fleet.Server.Tests.Cell;

/// <summary>A browser that lands on one server now and on another then.</summary>
public sealed class SessionTests(TestCell cell) : IClassFixture<TestCell>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_BegunAtOneServerAndEndedAtTheOther_HoldsAtBothAndUsesTheLinkUp()
    {
        string file = Path.Combine(cell.A.Data, "signin.url");
        string link = (await File.ReadAllTextAsync(file, Ct)).Trim();
        string token = link.Split("token=")[1];
        (string form, string[] cookies) = await PageAsync(cell.A);

        HttpResponseMessage answer = await PostAsync(cell.B, form, cookies, token);
        Assert.Equal("/hosts", answer.Headers.Location?.ToString());
        string cookie = answer.Headers.GetValues("Set-Cookie").First(value => value.StartsWith("pcifleet=", StringComparison.Ordinal)).Split(';')[0];
        foreach (TestServer server in (TestServer[])[cell.A, cell.B])
        {
            using HttpClient browser = server.Anonymous();
            browser.DefaultRequestHeaders.Add("Cookie", cookie);
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/version", Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/hosts", Ct)).StatusCode);
        }

        // Used up at both; whose link it was has another one.
        Assert.StartsWith("/signin?error=expired", (await PostAsync(cell.A, form, cookies, token)).Headers.Location?.ToString());
        await WaitFor.TrueAsync(async () => (await File.ReadAllTextAsync(file, Ct)).Trim() != link);
    }

    [Fact]
    public async Task Keys_InTheDatabase_AreNotToBeReadThere()
    {
        await PageAsync(cell.A);
        string stored = await cell.SqlAsync("""SELECT string_agg("Xml", '') FROM protection_keys""");
        Assert.Contains("cellKey", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", stored, StringComparison.Ordinal);
        Assert.Equal(cell.A.AdminToken, cell.B.AdminToken);
    }

    private static async Task<(string Form, string[] Cookies)> PageAsync(TestServer server)
    {
        using HttpClient browser = server.Anonymous();
        using HttpResponseMessage page = await browser.GetAsync("/signin", Ct);
        string html = await page.Content.ReadAsStringAsync(Ct);
        return (html.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0], [.. page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])]);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, string form, string[] cookies, string token)
    {
        using HttpClient browser = server.Anonymous();
        browser.DefaultRequestHeaders.Add("Cookie", cookies);
        using FormUrlEncodedContent content = new(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = form,
            ["token"] = token,
            ["returnUrl"] = "/hosts",
        });
        return await browser.PostAsync("/session", content, Ct);
    }
}
