using Fleet.Agent.Uplink;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A host's clock that is set wrong while it is connected: the server said its time, so the host knows better than its clock.</summary>
public sealed partial class UplinkTests
{
    public static TheoryData<int> Jumps => [-366, -2, 2, 366];

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Run_ClockJumpsWhileConnected_StaysSaysByHowMuchAndComesBack(int days)
    {
        Start();
        await WaitFor.TrueAsync(() => _link.Connected);

        _clock.Off = TimeSpan.FromDays(days);
        Publish(3);
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 3);
        Assert.InRange(_standing.ClockOffset!.Value.TotalDays, days - 0.01, days + 0.01);
        Assert.Single(_server.Seen.Hellos);

        foreach (var connection in _server.Seen.Connections.Values)
        {
            connection.Abort();
        }

        await WaitFor.TrueAsync(() => _server.Seen.Hellos.Count is 2 && _link.Connected);
        Assert.Contains(_log.Said, line => line.Contains("off the server's; set it", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Run_ClockJumpsBeforeTheRenewal_RenewsWhenTheServersClockSaysSo(int days)
    {
        _server.Seen.RenewAt = DateTimeOffset.UtcNow.AddDays(20);
        _server.Seen.Renew = request => _authority.Renew(request, _identity.Host, DateTimeOffset.UtcNow.AddDays(60));
        Start();
        await WaitFor.TrueAsync(() => _link.Connected);

        _clock.Off = TimeSpan.FromDays(days);
        Publish(3);
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 3);
        Assert.Empty(_server.Seen.Renewals);

        _server.Seen.RenewAt = DateTimeOffset.UtcNow.AddDays(60);
        await _server.RenewAsync(DateTimeOffset.UtcNow.AddSeconds(-1));

        await WaitFor.TrueAsync(() => _server.Seen.Hellos.Count is 2 && _link.Connected);
        Assert.Single(_server.Seen.Renewals);
        Assert.Equal(_standing.Identity.Certificate.Thumbprint, new IdentityFiles(_directory.Path).Load()!.Certificate.Thumbprint);
    }

    [Theory]
    [InlineData(-366)]
    [InlineData(366)]
    public async Task Run_ClockIsAYearOffFromTheStart_SaysBothTimesAndComesInWhenItIsSet(int days)
    {
        _clock.Off = TimeSpan.FromDays(days);
        Publish(3);
        Start();
        await WaitFor.TrueAsync(() => _log.Said.Any(line => line.Contains("set the clock that is wrong", StringComparison.Ordinal)));
        Assert.Empty(_server.Seen.Hellos);

        _clock.Off = TimeSpan.Zero;

        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 3 && _link.Connected);
    }
}
