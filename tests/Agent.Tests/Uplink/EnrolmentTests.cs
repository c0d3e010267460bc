using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests.Uplink;

public sealed class EnrolmentTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _directory.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Join_GoodToken_StoresAnIdentityThatLoadsAgain()
    {
        EnrollRequest? seen = null;
        HostId host = new(Guid.CreateVersion7());
        await using TestServer server = await TestServer.StartAsync(_authority, r =>
        {
            seen = r;
            return Results.Ok(_authority.Enroll(r, host));
        });

        using AgentIdentity identity = await JoinAsync(server.Url, server.Token());
        using AgentIdentity? loaded = new IdentityFiles(_directory.Path).Load();

        Assert.Equal(("s3cret", "host-a"), (seen!.Token, seen.HostName));
        Assert.Equal((host, host), (identity.Host, loaded!.Host));
        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory.Path, "identity", "current.json")));
    }

    [Fact]
    public async Task Join_TokenOfAnotherServer_SendsNoSecretAndSaysSo()
    {
        bool asked = false;
        await using TestServer server = await TestServer.StartAsync(_authority, _ =>
        {
            asked = true;
            return Results.Ok();
        });

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(server.Url, $"fleetjoin_s3cret.{new string('a', 64)}"));

        Assert.Equal(EnrolmentFailure.WrongServer, e.Failure);
        Assert.Contains("is not the one this token names", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.Message, StringComparison.Ordinal);
        Assert.False(asked);
    }

    [Fact]
    public async Task Join_ImpostorHandsOutTheNamedAuthority_SendsNoSecret()
    {
        bool asked = false;
        using TestAuthority impostor = new();
        await using TestServer server = await TestServer.StartAsync(
            _authority,
            _ =>
            {
                asked = true;
                return Results.Ok();
            },
            impostor);

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(server.Url, server.Token()));

        Assert.Equal(EnrolmentFailure.WrongServer, e.Failure);
        Assert.False(asked);
    }

    [Fact]
    public async Task Join_TokenRefused_SaysWhyAndWhatToDo()
    {
        await using TestServer server = await TestServer.StartAsync(_authority, _ => Results.Text(
            $$"""{"title":"Refused","detail":"The token has expired.","code":"{{ErrorCodes.TokenRefused}}"}""", "application/problem+json", statusCode: 403));

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(server.Url, server.Token()));

        Assert.Equal(EnrolmentFailure.TokenRefused, e.Failure);
        Assert.Contains("The token has expired.", e.Message, StringComparison.Ordinal);
        Assert.Contains("fleet-server token create", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("fleetjoin_abc")]
    [InlineData("fleetjoin_.aaaa")]
    [InlineData("fleetjoin_abc.zz")]
    public async Task Join_NotAToken_IsNoToken(string? token)
    {
        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(new Uri("https://127.0.0.1:1"), token));

        Assert.Equal(EnrolmentFailure.NoToken, e.Failure);
    }

    [Fact]
    public async Task Join_NobodyListens_IsUnreachableAndKeepsTheKey()
    {
        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(new Uri("https://127.0.0.1:1"), $"fleetjoin_s.{_authority.Hash}"));

        Assert.Equal(EnrolmentFailure.Unreachable, e.Failure);
        Assert.True(File.Exists(_directory.File("joining-key.pem")));
    }

    [Fact]
    public async Task Join_DataDirectoryIsAFile_NamesIt()
    {
        string place = _directory.File("data");
        await File.WriteAllTextAsync(place, "", TestContext.Current.CancellationToken);

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(new Uri("https://127.0.0.1:1"), $"fleetjoin_s.{_authority.Hash}", place));

        Assert.Equal(EnrolmentFailure.DataDirectory, e.Failure);
        Assert.Contains(place, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_HostIsBanned_SaysThatNoTokenHelps()
    {
        await using TestServer server = await TestServer.StartAsync(_authority, _ => Results.Text(
            $$"""{"detail":"This machine is banned as host host-a (stolen), and no token admits it.","code":"{{ErrorCodes.HostBanned}}"}""", "application/problem+json", statusCode: 403));

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(server.Url, server.Token()));

        Assert.Equal(EnrolmentFailure.TokenRefused, e.Failure);
        Assert.Contains("refuses this host: This machine is banned", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_ReplyIsGarbage_IsBadReply()
    {
        await using TestServer server = await TestServer.StartAsync(_authority, _ => Results.Text("<html>", "application/json"));

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => JoinAsync(server.Url, server.Token()));

        Assert.Equal(EnrolmentFailure.BadReply, e.Failure);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Join_ClockAYearOff_SaysWhichClocksAndSendsNoSecret(int years)
    {
        bool asked = false;
        await using TestServer server = await TestServer.StartAsync(_authority, _ =>
        {
            asked = true;
            return Results.Ok();
        });
        Enrolment enrolment = new([server.Url], server.Token(), _directory.Path, new FakeTimeProvider(DateTimeOffset.UtcNow.AddYears(years)), NullLogger.Instance);

        EnrolmentException e = await Assert.ThrowsAsync<EnrolmentException>(() => enrolment.JoinAsync(Facts(), TestContext.Current.CancellationToken));

        Assert.Equal(EnrolmentFailure.Clock, e.Failure);
        Assert.Contains("set the clock that is wrong", e.Message, StringComparison.Ordinal);
        Assert.False(asked);
    }

    internal static HostFacts Facts() => new()
    {
        Name = "host-a",
        MachineId = "m1",
        BootId = "b1",
        Kernel = "6.1",
        Architecture = "x86_64",
        Lockdown = "none",
        AgentVersion = "0.1.0",
        Intercept = "none",
        Mode = EnforcementMode.Enforce,
    };

    private Task<AgentIdentity> JoinAsync(Uri server, string? token, string? directory = null) =>
        new Enrolment([server], token, directory ?? _directory.Path, TimeProvider.System, NullLogger.Instance).JoinAsync(Facts(), TestContext.Current.CancellationToken);
}
