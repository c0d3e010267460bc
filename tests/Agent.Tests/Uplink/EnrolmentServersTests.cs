using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>Joining by a list of servers of which the first is of no use.</summary>
public sealed class EnrolmentServersTests : IAsyncLifetime
{
    private static readonly Uri Dead = new("https://127.0.0.1:1");
    private readonly TemporaryDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly HostId _host = new(Guid.CreateVersion7());
    private int _asked;
    private TestServer _good = null!;

    public async ValueTask InitializeAsync() => _good = await TestServer.StartAsync(_authority, request => Results.Ok(_authority.Enroll(request, _host)));

    public async ValueTask DisposeAsync()
    {
        await _good.DisposeAsync();
        _directory.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Join_FirstServerIsDead_JoinsAtTheNext() => await JoinsAsync(Dead);

    [Fact]
    public async Task Join_FirstServerRefusesTheToken_JoinsAtTheNext()
    {
        await using TestServer refusing = await RefusingAsync();

        await JoinsAsync(refusing.Url);

        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Join_FirstServerIsBusy_JoinsAtTheNext()
    {
        await using TestServer busy = await TestServer.StartAsync(_authority, _ => Results.StatusCode(StatusCodes.Status503ServiceUnavailable));

        await JoinsAsync(busy.Url);
    }

    [Fact]
    public async Task Join_FirstServerHasAForeignAuthority_JoinsAtTheNextAndToldTheFirstNoSecret()
    {
        using TestAuthority foreign = new();
        await using TestServer other = await TestServer.StartAsync(foreign, _ =>
        {
            _asked++;
            return Results.Ok();
        });

        await JoinsAsync(other.Url);

        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task Join_FirstServerIsOfAnOlderProtocol_JoinsThereAndRenewsInTime()
    {
        // What it answers says nothing of renewal, and it has no hub method for it.
        await using TestServer old = await TestServer.StartAsync(_authority, request => Results.Ok(_authority.Enroll(request, _host) with { RenewAt = null }));
        await using TestServer unasked = await RefusingAsync();

        using AgentIdentity identity = await JoinAsync(old.Token(), old.Url, unasked.Url);

        Assert.Equal(0, _asked);
        Assert.Equal(_host, identity.Host);
        Assert.InRange(identity.RenewAt, identity.NotBefore, identity.NotAfter);
    }

    [Fact]
    public async Task Join_OneRefusesAndTheOtherIsAway_IsRefusedForGood()
    {
        await using TestServer refusing = await RefusingAsync();

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(refusing.Token(), Dead, refusing.Url));

        Assert.Equal(EnrolmentFailure.TokenRefused, e.Failure);
        Assert.Contains($"{Dead} cannot be reached", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{refusing.Url} refuses the join token", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_OneIsForeignAndTheOtherIsAway_MayPass()
    {
        using TestAuthority foreign = new();
        await using TestServer other = await TestServer.StartAsync(foreign);

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(_good.Token(), other.Url, Dead));

        Assert.Equal(EnrolmentFailure.Unreachable, e.Failure);
        Assert.Contains("is not the one this token names", e.Message, StringComparison.Ordinal);
    }

    private Task<TestServer> RefusingAsync() => TestServer.StartAsync(_authority, _ =>
    {
        _asked++;
        return Results.Text($$"""{"detail":"The token has expired.","code":"{{ErrorCodes.TokenRefused}}"}""", "application/problem+json", statusCode: 403);
    });

    private async Task JoinsAsync(Uri first)
    {
        using AgentIdentity identity = await JoinAsync(_good.Token(), first, _good.Url);

        Assert.Equal(_host, identity.Host);
        Assert.Equal(_host, new IdentityFiles(_directory.Path).Load()!.Host);
    }

    private Task<AgentIdentity> JoinAsync(string token, params Uri[] servers) =>
        new Enrolment(servers, token, _directory.Path, TimeProvider.System, NullLogger.Instance).JoinAsync(EnrolmentTests.Facts(), TestContext.Current.CancellationToken);
}
