using System.Net;
using System.Net.Http.Json;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Commands;
using Fleet.Server.Hosting;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;
using Microsoft.Extensions.Logging;

namespace Fleet.Server.Tests.Access;

[Collection(SharedServer.Name)]
public sealed class SignInTests(TestServer server) : IDisposable
{
    private readonly Gate _gate = new(server);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData(Roles.Viewer)]
    [InlineData(Roles.Operator)]
    [InlineData(Roles.Admin)]
    public async Task Link_WithARole_SignsInOnceWithItsScopesAndName(string role)
    {
        SignInCreated link = await _gate.Api.CreateSignInAsync(new CreateSignIn(role, "alice"), Ct);
        string token = link.Url.Split("token=")[1];
        using HttpClient browser = server.Anonymous();
        browser.DefaultRequestHeaders.Add("Cookie", await CookieAsync(server, token));

        VersionView me = await new FleetApi(browser).GetVersionAsync(Ct);

        Assert.Equal(("user:alice", role), (me.Principal, me.Role));
        Assert.Equal(Roles.ScopesOf(role), me.Scopes);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/hosts", Ct)).StatusCode);
        Assert.Equal("", await CookieAsync(server, token));
        Assert.Contains(await _gate.AuditAsync("user:alice"), entry => entry.Action is "sign-in.use" && entry.Detail.Contains($"As {role}", StringComparison.Ordinal));
    }

    [Fact]
    public void Roles_InOrder_AreEachWithinTheNext()
    {
        Assert.All(Roles.All.Zip(Roles.All.Skip(1)), pair => Assert.Subset(new HashSet<string>(Roles.ScopesOf(pair.Second)), new HashSet<string>(Roles.ScopesOf(pair.First))));
        Assert.Equal(Scopes.All.Select(scope => scope.Name), Roles.ScopesOf(Roles.Admin));
        Assert.All(Roles.ScopesOf(Roles.Viewer), scope => Assert.True(Scopes.OnlyReads(scope)));
        Assert.Empty(Roles.ScopesOf("root"));
    }

    [Fact]
    public async Task Link_ForMoreThanItsMakerMay_IsRefused()
    {
        using Bearer maker = await Bearer.MakeAsync(server, [Scopes.SignInsWrite, .. Roles.ScopesOf(Roles.Viewer)]);

        Assert.Equal(Roles.Viewer, (await maker.Api.CreateSignInAsync(new CreateSignIn(Roles.Viewer), Ct)).Name);
        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => maker.Api.CreateSignInAsync(new CreateSignIn(Roles.Operator), Ct));
        Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.ScopeMissing), (refused.Status!.Value, refused.Code));
    }

    [Theory]
    [InlineData("root", null, 3600, "role")]
    [InlineData(Roles.Viewer, "a b", 3600, "name")]
    [InlineData(Roles.Viewer, null, 59, "ttlSeconds")]
    public async Task Link_Wrong_IsRefusedWithWhatToWrite(string role, string? name, int ttl, string says)
    {
        using HttpResponseMessage answer = await _gate.Http.PostAsJsonAsync("/api/v1/sign-in-links", new CreateSignIn(role, name, ttl), FleetJson.Options, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(says, (await Bearer.ProblemAsync(answer)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ItsLog_NamesTheFileOfTheLinkAndHoldsNoSecret()
    {
        string data = Directory.CreateTempSubdirectory("fleet-log-").FullName;
        WrittenLog log = new();
        string? database = await TestDatabase.CreateAsync();
        ServerOptions options = new() { Http = new IPEndPoint(IPAddress.Loopback, 0), Agents = new IPEndPoint(IPAddress.Loopback, 0), DataDirectory = data, Database = database, WriteJoinToken = 3 };

        await using (await ServerApp.StartAsync(options, Ct, builder => builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace)))
        {
            string[] secrets = [.. from file in (string[])["signin.url", "admin.token", "join.token"] select File.ReadAllText(Path.Combine(data, file)).Trim()];
            Assert.Contains(Path.Combine(data, "signin.url"), log.Text, StringComparison.Ordinal);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret.Split("token=")[^1], log.Text, StringComparison.Ordinal));
        }

        await TestDatabase.DropAsync(database);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Links_OfAServerWithAPublicUrl_NameIt()
    {
        string data = Directory.CreateTempSubdirectory("fleet-public-").FullName;
        string? database = await TestDatabase.CreateAsync();
        ServerOptions options = new() { Http = new IPEndPoint(IPAddress.Loopback, 0), Agents = new IPEndPoint(IPAddress.Loopback, 0), DataDirectory = data, Database = database, PublicUrl = new Uri("https://fleet.example.net") };

        await using (await ServerApp.StartAsync(options, Ct))
        {
            Assert.StartsWith("https://fleet.example.net/signin?token=", await File.ReadAllTextAsync(Path.Combine(data, "signin.url"), Ct), StringComparison.Ordinal);
        }

        await TestDatabase.DropAsync(database);
        Directory.Delete(data, recursive: true);
    }

    [Theory]
    [InlineData("https://fleet.example.net", "https://fleet.example.net/")]
    [InlineData("http://10.0.0.1:8080/", "http://10.0.0.1:8080/")]
    [InlineData("fleet.example.net", null)]
    [InlineData("ftp://fleet.example.net", null)]
    [InlineData("https://fleet.example.net/pci", null)]
    [InlineData("https://fleet.example.net?x", null)]
    [InlineData("https://me:secret@fleet.example.net", null)]
    [InlineData("", null)]
    public void PublicUrl_WhatIsNoOrigin_IsRefused(string text, string? expected)
    {
        Assert.Equal(expected is not null, PublicUrl.TryParse(text, out Uri? origin));
        Assert.Equal(expected, origin?.ToString());
    }

    /// <summary>Signs a browser in.</summary>
    /// <returns>Its cookie; nothing when it was not let in.</returns>
    internal static async Task<string> CookieAsync(TestServer server, string token)
    {
        using HttpClient browser = server.Anonymous();
        using HttpResponseMessage page = await browser.GetAsync("/signin", Ct);
        string html = await page.Content.ReadAsStringAsync(Ct);
        browser.DefaultRequestHeaders.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        using FormUrlEncodedContent form = new(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = html.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0],
            ["token"] = token,
        });
        using HttpResponseMessage answer = await browser.PostAsync("/session", form, Ct);
        return answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies)
            ? cookies.FirstOrDefault(cookie => cookie.StartsWith("pcifleet=", StringComparison.Ordinal))?.Split(';')[0] ?? ""
            : "";
    }
}
