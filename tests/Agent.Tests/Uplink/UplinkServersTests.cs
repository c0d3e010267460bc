using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A link by a list of servers of which the first is of no use: the host is connected to another, and what is wrong with the first is said.</summary>
public sealed partial class UplinkTests
{
    [Fact]
    public async Task Run_FirstServerIsDead_IsConnectedToTheNext() => await GoesOnFromAsync(new Uri("https://127.0.0.1:1"));

    [Fact]
    public async Task Run_FirstServerRefusesTheCertificate_IsConnectedToTheNext()
    {
        await using TestServer refusing = await TestServer.StartAsync(_authority);
        refusing.Seen.Door = _ => Refusals.UnknownKey;

        await GoesOnFromAsync(refusing.Url);

        Assert.Empty(refusing.Seen.Hellos);
        Assert.Null(_standing.Refusal);
    }

    [Fact]
    public async Task Run_FirstServerHasAForeignAuthority_TellsItNothingAndIsConnectedToTheNext()
    {
        using TestAuthority foreign = new();
        await using TestServer other = await TestServer.StartAsync(foreign);

        await GoesOnFromAsync(other.Url);

        Assert.Empty(other.Seen.Hellos);
        Assert.Empty(other.Seen.Subjects);
        Assert.Contains(_log.Said, line => line.Contains("another server than the one this host joined", StringComparison.Ordinal) && line.Contains($"{other.Url}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_FirstServerIsOfAProtocolBelowTheLeast_IsConnectedToTheNext()
    {
        await using TestServer old = await TestServer.StartAsync(_authority);
        old.Seen.Protocol = LinkProtocol.Minimum - 1;

        await GoesOnFromAsync(old.Url);

        Assert.Empty(old.Seen.Stored);
        Assert.Contains(_log.Said, line => line.Contains("Update the server", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_FirstServerIsOfAnOlderProtocol_StaysThere()
    {
        await using TestServer old = await TestServer.StartAsync(_authority);
        old.Seen.Protocol = LinkProtocol.Minimum;
        Publish(5);

        Start([old.Url, _server.Url], null);

        await WaitFor.TrueAsync(() => old.Seen.Stored.Count is 5 && _link.Connected);
        Assert.Empty(_server.Seen.Hellos);
    }

    private async Task GoesOnFromAsync(Uri first)
    {
        Publish(5);
        Start([first, _server.Url], null);
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 5 && _link.Connected);
    }
}
