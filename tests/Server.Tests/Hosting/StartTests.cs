using System.Net;
using System.Net.Sockets;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Identity;
using Fleet.Server.Tests.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Hosting;

public sealed class StartTests : IAsyncLifetime
{
    private readonly TestServer _server = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void Try_PortThatAnotherHas_NamesItAndTheOption()
    {
        StartException error = Assert.Throws<StartException>(() => Ports.Try(new IPEndPoint(IPAddress.Loopback, _server.Http.Port), "--http"));

        Assert.Contains($"127.0.0.1:{_server.Http.Port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("another program has the port", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("with --http.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void Try_PortThatNobodyHas_Passes(string address)
    {
        using Socket free = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)free.LocalEndPoint!).Port;
        free.Dispose();

        Ports.Try(new IPEndPoint(IPAddress.Parse(address), port), "--agents");
    }

    [Fact]
    public async Task Open_DirectoryOfARunningServer_SaysSo()
    {
        StartException error = await Assert.ThrowsAsync<StartException>(() => _server.StartAsync());

        Assert.Contains("Another fleet-server uses the data directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartToken_WhileHalfOfItIsLeft_StaysAsItIsWritten()
    {
        string first = await WriteAsync(uses: 9);
        string again = await WriteAsync(uses: 9);
        string larger = await WriteAsync(uses: 10);

        Assert.Equal(first, again);
        Assert.NotEqual(first, larger);
    }

    [Fact]
    public async Task StartToken_UsedUp_IsMadeAnew()
    {
        string first = await WriteAsync(uses: 1);
        await using FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        JoinTokenIssuer issuer = _server.Services.GetRequiredService<JoinTokenIssuer>();
        Assert.Null((await issuer.UseAsync(db, issuer.SecretOf(first)!, Ct)).Refusal);

        Assert.NotEqual(first, await WriteAsync(uses: 1));
    }

    private async Task<string> WriteAsync(int uses)
    {
        await using FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        await _server.Services.GetRequiredService<StartToken>().WriteAsync(db, uses, Ct);
        return (await File.ReadAllTextAsync(Path.Combine(_server.Data, StartToken.File), Ct)).Trim();
    }
}
