using System.Net;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Tests.Access;
using Fleet.Testing;

namespace Fleet.Server.Tests.Cell;

/// <summary>A token that is made at one server, used at another, and revoked at a third party's wish.</summary>
public sealed class TokenTests(TestCell cell) : IClassFixture<TestCell>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_RevokedAtOneServer_IsWorthNothingAtTheOtherAtOnceAndItsStreamThereEnds()
    {
        using Bearer bearer = await Bearer.MakeAsync(cell.A, [Scopes.EventsRead]);
        using HttpClient atB = Bearer.Of(cell.B, bearer.Created.Token);
        using HttpResponseMessage stream = await atB.GetAsync("/api/v1/events/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        using StreamReader reader = new(await stream.Content.ReadAsStreamAsync(Ct));

        using HttpClient admin = cell.A.Admin();
        await new FleetApi(admin).DeleteApiTokenAsync(bearer.Id, Ct);

        using HttpResponseMessage late = await atB.GetAsync("/api/v1/events", Ct);
        Assert.Equal((HttpStatusCode.Unauthorized, ErrorCodes.TokenRevoked), ((await Bearer.ProblemAsync(late)).Status, (await Bearer.ProblemAsync(late)).Code));
        while (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(WaitFor.Patience, Ct) is not null)
        {
        }
    }

    [Fact]
    public async Task SignInLink_MadeAtOneServer_SignsInAtTheOther()
    {
        using HttpClient admin = cell.A.Admin();
        SignInCreated link = await new FleetApi(admin).CreateSignInAsync(new CreateSignIn(Roles.Viewer, "bob"), Ct);

        string cookie = await SignInTests.CookieAsync(cell.B, link.Url.Split("token=")[1]);

        using HttpClient browser = cell.A.Anonymous();
        browser.DefaultRequestHeaders.Add("Cookie", cookie);
        Assert.Equal(("user:bob", Roles.Viewer), ((await new FleetApi(browser).GetVersionAsync(Ct)).Principal, (await new FleetApi(browser).GetVersionAsync(Ct)).Role));
        Assert.Equal("", await SignInTests.CookieAsync(cell.A, link.Url.Split("token=")[1]));
    }
}
