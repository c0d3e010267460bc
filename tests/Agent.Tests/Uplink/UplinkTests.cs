using System.Security.Cryptography;
using Fleet.Agent.Attestation;
using Fleet.Agent.Tests.Attestation;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Link = Fleet.Agent.Uplink.Uplink;

namespace Fleet.Agent.Tests.Uplink;

public sealed partial class UplinkTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HostDouble _host = new();
    private readonly LogDouble _log = new();
    private readonly SetClock _clock = new();
    private TestServer _server = null!;
    private AgentIdentity _identity = null!;
    private Spool _spool = null!;
    private Assignments _assignments = null!;
    private AttestationJobs _attestations = null!;
    private Link _link = null!;
    private LinkStanding _standing = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(_authority);
        _identity = await new Enrolment([_server.Url], _server.Token(), _directory.Path, TimeProvider.System, NullLogger.Instance)
            .JoinAsync(_host.Facts, CancellationToken.None);
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
    public async Task Run_Connected_SaysHelloReportsAndPresentsItsCertificate()
    {
        Start();

        await WaitFor.TrueAsync(() => !_server.Seen.States.IsEmpty && _link.Connected);

        Assert.Equal(("hash-1", _spool.Epoch), (_server.Seen.Hellos.First().InventoryHash, _server.Seen.Hellos.First().Epoch));
        Assert.Equal("hash-1", Assert.Single(_server.Seen.Inventories).Hash);
        Assert.Equal($"CN={_identity.Host}", _server.Seen.Subjects.First());
    }

    [Fact]
    public async Task Run_ManyEvents_ArriveInOrderAndLeaveTheSpool()
    {
        Publish(1300);
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 1300 && _spool.Count is 0);

        Assert.All(_server.Seen.Batches, b => Assert.True(b.Events.Count <= LinkProtocol.MaxBatch));
        Assert.All(_server.Seen.Stored.Values, e => Assert.Equal(_identity.Host, e.Host));
    }

    [Fact]
    public async Task Run_AcknowledgementLost_SendsAgainWithTheSameNumbersAndLosesNothing()
    {
        _server.Seen.AcknowledgementsToLose = 2;
        Publish(700);
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 700 && _spool.Count is 0);

        Assert.Equal(Enumerable.Range(1, 700).Select(i => (long)i), _server.Seen.Stored.Keys.Order());
        Assert.True(_server.Seen.Hellos.Count >= 3, "each lost acknowledgement ends a connection");
    }

    [Fact]
    public async Task Run_ServerDropsTheConnection_ComesBackWithoutSendingAnUnchangedInventory()
    {
        Start();
        await WaitFor.TrueAsync(() => !_server.Seen.States.IsEmpty);

        foreach (var connection in _server.Seen.Connections.Values)
        {
            connection.Abort();
        }

        await WaitFor.TrueAsync(() => _server.Seen.Hellos.Count is 2 && _link.Connected);
        Assert.Single(_server.Seen.Inventories);
    }

    [Fact]
    public async Task Run_ServerKnowsLaterNumbers_StartsANewEpoch()
    {
        long before = _spool.Epoch;
        _server.Seen.PretendAcknowledged = 1_000;
        Publish(1);
        Start();

        // The event, and that what the lost file held is not known.
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 2 && _spool.Count is 0);

        Assert.All(_server.Seen.Stored.Values, e => Assert.NotEqual(before, e.Epoch));
        Assert.Contains(_server.Seen.Stored.Values, e => e is { Kind: EventKinds.AgentLoss, CountUnknown: true });
    }

    [Fact]
    public async Task Run_Assignment_IsPutInForceAndReported()
    {
        _server.Seen.Assignment = AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 3, "guard");
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.States.Any(s => s.Generation is 3 && s.Policies.Any(p => p.Name is "guard")));
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Values.Any(e => e.Kind is EventKinds.PolicyApplied));
    }

    /// <summary>Its database knows of an older assignment; it numbers that beyond what it is told.</summary>
    [Fact]
    public async Task Run_ServerThatWasRestored_IsToldWhatIsInForceBeforeItIsAskedAndNothingIsRefused()
    {
        _assignments.Accept(AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 5, "newer"), _identity.Host, new PolicyTrust(AssignmentsTests.Public(_authority.PolicyKey)));
        _server.Seen.Assignment = AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 3, "older");
        _server.Seen.Heard = state =>
        {
            if (state.Generation is 5)
            {
                _server.Seen.Assignment = AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 6, "older");
            }
        };
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.States.Any(s => s.Generation is 6) && _server.Seen.Stored.Values.Any(e => e.Detail?.Contains("Assignment 6", StringComparison.Ordinal) is true));
        Assert.All(_server.Seen.States, s => Assert.Null(s.Rejected));
        Assert.DoesNotContain(_server.Seen.Stored.Values, e => e.Kind is EventKinds.PolicyRejected);
    }

    [Fact]
    public async Task Run_AssignmentForged_IsReportedAsRejected()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _server.Seen.Assignment = AssignmentsTests.Sign(other, _identity.Host, 3, "guard");
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.States.Any(s => s is { Generation: 0, Rejected: not null }));
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Values.Any(e => e.Kind is EventKinds.PolicyRejected));
    }

    [Fact]
    public async Task Run_ServerWantsWhatIsInForce_ForgetsWhatWasRefusedMeanwhile()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _assignments.Accept(AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 3, "guard"), _identity.Host, new PolicyTrust(_identity.PolicyKey));
        _assignments.Accept(AssignmentsTests.Sign(other, _identity.Host, 4, "open"), _identity.Host, new PolicyTrust(_identity.PolicyKey));
        _server.Seen.Assignment = AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 3, "guard");
        Assert.NotNull(_assignments.Rejected);
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.States.Any(s => s is { Generation: 3, Rejected: null }));
    }

    [Fact]
    public async Task Run_InventoryChanges_IsSent()
    {
        Start();
        await WaitFor.TrueAsync(() => !_server.Seen.States.IsEmpty);

        _host.Change("hash-2");

        await WaitFor.TrueAsync(() => _server.Seen.Inventories.Any(i => i.Hash is "hash-2"));
    }

    [Fact]
    public async Task Run_HelloRefused_StaysDisconnectedAndKeepsEvents()
    {
        _server.Seen.Refuse = "evicted";
        Publish(1);
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.Hellos.Count >= 2);

        Assert.False(_link.Connected);
        Assert.Empty(_server.Seen.Batches);
        Assert.Equal(1, _spool.Count);
    }

    [Fact]
    public async Task Run_Job_IsAnsweredOnceHoweverOftenItComes()
    {
        Start();
        await WaitFor.TrueAsync(() => _link.Connected);
        AttestationJob job = ProviderDouble.Job();

        await _server.AttestAsync(job);
        await _server.AttestAsync(job);
        await WaitFor.TrueAsync(() => !_server.Seen.Evidence.IsEmpty && _attestations.Spool.Count == 0);
        await _server.AttestAsync(job);
        await _server.AttestAsync(ProviderDouble.Job());

        await WaitFor.TrueAsync(() => _server.Seen.Evidence.Count == 2 && _attestations.Spool.Count == 0);
        EvidenceReport report = _server.Seen.Evidence.First();
        Assert.Equal((job.Id, job.Function, EvidenceEnd.Complete), (report.Job, report.Function, report.End));
        Assert.Equal(["EIQAAA==", "EAQAAA=="], report.Messages.Select(message => message.Bytes));
    }

    [Fact]
    public async Task Run_AcknowledgementOfEvidenceLost_SendsTheSameAgain()
    {
        Start();
        await WaitFor.TrueAsync(() => _link.Connected);
        _server.Seen.AcknowledgementsToLose = 1;
        AttestationJob job = ProviderDouble.Job();

        await _server.AttestAsync(job);

        await WaitFor.TrueAsync(() => _server.Seen.Evidence.Count == 2 && _attestations.Spool.Count == 0);
        Assert.All(_server.Seen.Evidence, report => Assert.Equal(job.Id, report.Job));
        Assert.Single(_server.Seen.Evidence.Select(report => report.Started).Distinct());
    }

    [Fact]
    public async Task Run_EvidenceOfAnEarlierLife_IsSentWhenTheServerIsThere()
    {
        AttestationJob job = ProviderDouble.Job();
        _attestations.Accept(job);
        await WaitFor.TrueAsync(() => _attestations.Spool.Count == 1);
        await _attestations.DisposeAsync();
        _attestations = new AttestationJobs(
            new EvidenceSpool(_directory.File("evidence"), NullLogger.Instance), new ProviderDouble(), TimeProvider.System, NullLogger.Instance);

        Start();

        await WaitFor.TrueAsync(() => _server.Seen.Evidence.Count == 1 && _attestations.Spool.Count == 0);
        Assert.Equal(job.Id, _server.Seen.Evidence.First().Job);
    }

    [Fact]
    public async Task Run_ServerOfBeforeAttestation_KeepsTheEvidence()
    {
        _server.Seen.Protocol = LinkProtocol.AttestationSince - 1;
        _attestations.Accept(ProviderDouble.Job());
        Start();
        Publish(1);

        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count == 1 && _attestations.Spool.Count == 1);

        Assert.Single(_server.Seen.Hellos); // The connection did not break over a call that such a server does not have.
        Assert.Empty(_server.Seen.Evidence);
    }

    [Fact]
    public async Task Run_ServerIsBusy_SendsLessAfterTheWaitOnTheSameConnection()
    {
        _server.Seen.Busy = 3;
        Publish(600);
        await _spool.FlushAsync(TestContext.Current.CancellationToken); // a batch has no more than is on disk
        Start();

        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is 600 && _spool.Count is 0);

        Assert.Equal([500, 250, 125], _server.Seen.Batches.Take(3).Select(b => b.Events.Count));
        Assert.All(_server.Seen.Batches.Take(3), b => Assert.Equal(1, b.Events[0].Sequence));
        Assert.Single(_server.Seen.Hellos);
    }

    [Fact]
    public async Task Run_ServerGoes_ComesBackAsItWasTold()
    {
        Start();
        await WaitFor.TrueAsync(() => _link.Connected);

        await _server.LeaveAsync(20);

        await WaitFor.TrueAsync(() => _server.Seen.Hellos.Count is 2 && _link.Connected);
    }

    [Fact]
    public async Task Run_OneServerRefuses_GoesToTheOther()
    {
        _server.Seen.Refuse = "full";
        _server.Seen.RetryAfter = 10 * 60 * 1000;
        await using TestServer other = await TestServer.StartAsync(_authority);
        Publish(5);
        Start(other.Url);

        await WaitFor.TrueAsync(() => other.Seen.Stored.Count is 5 && _link.Connected);
    }

    [Fact]
    public async Task Run_ServerDies_GoesToTheOther()
    {
        await using TestServer other = await TestServer.StartAsync(_authority);
        _server.Seen.Spread = other.Seen.Spread = 20;
        Start(other.Url);
        await WaitFor.TrueAsync(() => _link.Connected);
        (TestServer first, TestServer second) = other.Seen.Hellos.IsEmpty ? (_server, other) : (other, _server);

        await first.DisposeAsync();

        Publish(3);
        await WaitFor.TrueAsync(() => second.Seen.Stored.Count is 3);
    }

    [Fact]
    public async Task Drain_Connected_ReturnsWhenTheServerHasEverything()
    {
        Start();
        await WaitFor.TrueAsync(() => _link.Connected);
        Publish(700);
        await _spool.FlushAsync(TestContext.Current.CancellationToken);

        await _link.DrainAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((0, 700), (_spool.Count, _server.Seen.Stored.Count));
    }

    private void Publish(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _spool.Publish(SpoolOnDisk.Event(EventKinds.ContentionAccess));
        }
    }

    private void Start(params Uri[] others) => Start([_server.Url, .. others], null);

    private void Start(Uri only, Func<AgentIdentity, CancellationToken, Task<AgentIdentity?>> joinAgain) => Start([only], joinAgain);

    private void Start(IReadOnlyList<Uri> servers, Func<AgentIdentity, CancellationToken, Task<AgentIdentity?>>? joinAgain, TimeSpan? callLimit = null)
    {
        UplinkOptions options = new()
        {
            Servers = servers,
            Identity = new IdentityFiles(_directory.Path),
            JoinAgain = joinAgain,
            Backoff = () => new Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50)),
            StateInterval = TimeSpan.FromMilliseconds(10),
            CallLimit = callLimit ?? TimeSpan.FromSeconds(30),
        };
        _standing = new LinkStanding(_identity, _clock);
        _link = new Link(options, _standing, _host, _spool, _assignments, _attestations, _clock, _log);
        _running = _link.RunAsync(_stop.Token);
    }

    internal sealed class HostDouble : ILinkedHost
    {
        private readonly ChangeSignal _changed = new();

        public HostFacts Facts { get; } = EnrolmentTests.Facts();

        public InventoryReport Inventory { get; private set; } = new("hash-1", []);

        public IReadOnlyDictionary<string, string> Endpoints { get; } = new Dictionary<string, string>();

        public IReadOnlyList<ClaimFacts> Claims() => [];

        public Task WaitForChangeAsync(CancellationToken ct) => _changed.WaitAsync(ct);

        public void Change(string hash)
        {
            Inventory = new InventoryReport(hash, []);
            _changed.Raise();
        }
    }
}
