using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Agent.Attestation;
using Fleet.Agent.Tests.Attestation;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Link = Fleet.Agent.Uplink.Uplink;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>This agent's whole uplink with servers of the previous and of a later protocol, over a real hub.</summary>
public sealed class SkewTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly CancellationTokenSource _stop = new();
    private TestServer _server = null!;
    private AgentIdentity _identity = null!;
    private Spool _spool = null!;
    private Assignments _assignments = null!;
    private AttestationJobs _attestations = null!;
    private Link _link = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(_authority, skewed: true);
        _identity = await new Enrolment([_server.Url], _server.Token(), _directory.Path, TimeProvider.System, NullLogger.Instance)
            .JoinAsync(EnrolmentTests.Facts(), CancellationToken.None);
        _spool = new Spool(new SpoolOptions { Path = _directory.File("spool.db") }, "host-a", TimeProvider.System, NullLogger.Instance);
        _assignments = new Assignments(_directory.Path, _ => { }, _spool.Publish, TimeProvider.System, NullLogger.Instance);
        _attestations = new AttestationJobs(
            new EvidenceSpool(_directory.File("evidence"), NullLogger.Instance), new ProviderDouble(), TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _attestations.DisposeAsync();
        await _spool.DisposeAsync();
        await _server.DisposeAsync();
        _identity.Dispose();
        _authority.Dispose();
        _stop.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Agent_ServerOfThePreviousProtocol_DeliversAllInOrderOnOneConnection()
    {
        Begin(WireMessages.Previous);

        await DeliveredAsync();

        WireMessages.MustFit("HelloMessage", Filled(_server.Skew.Hellos.First()));
        WireMessages.MustFit("StateReport", _server.Skew.States.First(), "rejected", "spoolTrouble");
        Assert.Single(_server.Skew.Hellos);
        Assert.Equal(3, _assignments.Generation);
    }

    [Fact]
    public async Task Agent_ServerOfALaterProtocol_UnderstandsWhatItCanAndStays()
    {
        Begin(LinkProtocol.Version + 7);

        await DeliveredAsync();

        // A job with a step of a later version is ended as not known, not left without an answer.
        await WaitFor.TrueAsync(() => !_server.Skew.Evidence.IsEmpty);
        Assert.NotEqual("complete", (string)_server.Skew.Evidence.First()["end"]!);
        Assert.Single(_server.Skew.Hellos);
        Assert.Equal(3, _assignments.Generation);
    }

    private static JsonObject Filled(JsonNode hello)
    {
        // What this host does not know it leaves out, as hosts of any version do.
        JsonObject filled = hello.DeepClone().AsObject();
        Assert.Equal(LinkProtocol.Version, (int)filled["protocol"]!);
        return filled;
    }

    private void Begin(int protocol)
    {
        _server.Skew.Protocol = protocol;
        _server.Skew.Assignment = JsonSerializer.SerializeToNode(AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 3, "guard"), FleetJson.Options)!.AsObject();
        for (int i = 0; i < 700; i++)
        {
            _spool.Publish(SpoolOnDisk.Contention(i % 9, i));
        }

        UplinkOptions options = new() { Servers = [_server.Url], Backoff = () => new Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50)) };
        _link = new Link(
            options, new LinkStanding(_identity, TimeProvider.System), new UplinkTests.HostDouble(), _spool, _assignments, _attestations, TimeProvider.System, NullLogger.Instance);
        _running = _link.RunAsync(_stop.Token);
    }

    private async Task DeliveredAsync()
    {
        await WaitFor.TrueAsync(() => _spool.Count is 0 && _server.Skew.Sequences.Count >= 700 && !_server.Skew.States.IsEmpty && !_server.Skew.Inventories.IsEmpty);
        Assert.Equal(_server.Skew.Sequences.Order(), _server.Skew.Sequences);
        Assert.Equal(_server.Skew.Sequences.Distinct().Count(), _server.Skew.Sequences.Count);
        Assert.True(_link.Connected);
    }
}
