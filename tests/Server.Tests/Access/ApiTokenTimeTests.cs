using System.Net;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Tokens;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Access;

/// <summary>Tokens on a server whose clock the test moves.</summary>
public sealed class ApiTokenTimeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 40, TimeSpan.Zero));
    private readonly TestServer _server;

    public ApiTokenTimeTests() => _server = new TestServer { Time = _time };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Expired_UseAndStream_EndWithTheToken()
    {
        using Bearer bearer = await Bearer.MakeAsync(_server, [Scopes.EventsRead], 600);
        using HttpResponseMessage stream = await bearer.Http.GetAsync("/api/v1/events/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
        using StreamReader reader = new(await stream.Content.ReadAsStreamAsync(Ct));

        _time.Advance(TimeSpan.FromSeconds(601));

        while (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(WaitFor.Patience, Ct) is not null)
        {
        }

        using HttpResponseMessage late = await bearer.Http.GetAsync("/api/v1/events", Ct);
        Assert.Equal((HttpStatusCode.Unauthorized, ErrorCodes.TokenExpired), ((await Bearer.ProblemAsync(late)).Status, (await Bearer.ProblemAsync(late)).Code));
    }

    [Fact]
    public async Task Used_ManyTimesInAMinute_IsKeptToTheMinuteAndWrittenOnce()
    {
        using Bearer bearer = await Bearer.MakeAsync(_server, [Scopes.HostsRead]);
        using HttpClient admin = _server.Admin();
        FleetApi api = new(admin);
        Assert.Null((await api.GetApiTokenAsync(bearer.Id, Ct)).LastUsed);

        for (int i = 0; i < 5; i++)
        {
            await bearer.Api.ListHostsAsync(new ListQuery(), Ct);
        }

        DateTimeOffset minute = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(minute, (await api.GetApiTokenAsync(bearer.Id, Ct)).LastUsed);
        Assert.Null((await RowAsync(bearer.Id)).LastUsed);
        await WaitFor.TrueAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return (await RowAsync(bearer.Id)).LastUsed == minute;
        });
    }

    private async Task<ApiToken> RowAsync(string id)
    {
        await using FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        return await db.Set<ApiToken>().AsNoTracking().SingleAsync(token => token.Id == id, Ct);
    }
}
