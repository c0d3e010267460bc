using System.Net;
using Fleet.Contracts;
using Fleet.Server.Hosting;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Fleet.Server.Live.News;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Cell;

/// <summary>Whether a host is there, when it is another server that knows.</summary>
public sealed class HostPresenceTests
{
    private static readonly HostId Host = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly HostRecord Record = new() { Id = Host, Name = "h", MachineId = "m", KeyThumbprint = "k", Joined = DateTimeOffset.UnixEpoch, JoinToken = "", AdmittedBy = "" };
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 26, 0, 0, 0, TimeSpan.Zero));
    private readonly ServerRoster _roster;
    private readonly HostPresence _presence;

    public HostPresenceTests()
    {
        IPEndPoint any = new(IPAddress.Loopback, 0);
        _roster = new ServerRoster(new ServerOptions { Http = any, Agents = any, DataDirectory = "", Database = "shared" }, _time);
        _presence = new HostPresence(_roster, new NoNews(), _time);
    }

    [Fact]
    public void Host_AtAServerThatLives_IsLiveHoweverLongItSaysNothing()
    {
        Beat("b");
        _presence.ConnectedElsewhere(Host, "b");
        for (int minute = 0; minute < 10; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Beat("b");
        }

        Assert.Equal(HostStates.Live, _presence.State(Record));
        Assert.Equal(_time.GetUtcNow(), _presence.LastSeen(Host));
        Assert.False(_presence.IsConnectedHere(Host));
    }

    [Fact]
    public void Host_AtAServerThatDied_BecomesStaleThenSilentFromItsLastHeartbeat()
    {
        Beat("b");
        _presence.ConnectedElsewhere(Host, "b");
        DateTimeOffset died = _time.GetUtcNow();

        _time.Advance(ServerRoster.Lease + TimeSpan.FromSeconds(1));
        Assert.False(_presence.IsConnected(Host));
        Assert.Equal(died, _presence.LastSeen(Host));
        Assert.Equal(HostStates.Live, _presence.State(Record));

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(HostStates.Stale, _presence.State(Record));

        // Its row goes; what it knew last stays.
        _presence.Forget("b", died);
        _roster.Learn([]);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(HostStates.Silent, _presence.State(Record));
        Assert.Equal(died, _presence.LastSeen(Host));
    }

    [Fact]
    public void Host_ThatCameBackElsewhere_IsNotLeftByTheServerItCameFrom()
    {
        Beat("b", "c");
        _presence.ConnectedElsewhere(Host, "b");
        _presence.ConnectedElsewhere(Host, "c");
        _presence.LeftElsewhere(Host, "b");
        _presence.Forget("b", _time.GetUtcNow());

        Assert.True(_presence.IsConnected(Host));
        _presence.LeftElsewhere(Host, "c");
        Assert.False(_presence.IsConnected(Host));
    }

    [Fact]
    public void Remember_WhatTheDatabaseSays_YieldsToWhatWasHeardAMomentAgo()
    {
        Beat("b", "c");
        _presence.ConnectedElsewhere(Host, "b");
        _presence.Remember(Host, _time.GetUtcNow().AddMinutes(-1), "c");
        _presence.LeftElsewhere(Host, "c");
        Assert.True(_presence.IsConnected(Host));

        _time.Advance(TimeSpan.FromSeconds(10));
        Beat("b", "c");
        _presence.Remember(Host, _time.GetUtcNow(), null);
        Assert.False(_presence.IsConnected(Host));
    }

    private void Beat(params string[] servers) =>
        _roster.Learn(servers.Select(id => new ServerSeen(id, id, "1", _time.GetUtcNow(), _time.GetUtcNow(), 1)));
}
