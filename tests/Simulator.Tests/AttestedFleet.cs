using System.Net;
using System.Security.Cryptography;
using Fleet.Agent.Attestation;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Simulator.Running;
using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Simulator.Tests;

/// <summary>A simulated host whose drive is attested through its mailbox, and what a good drive is known to be.</summary>
public sealed class AttestedFleet : IAsyncLifetime
{
    private readonly HardwareDirectory _directory = new();
    private SimulatedFleet _fleet = null!;
    private MailboxProvider _provider = null!;
    private AppraisalPolicy _policy = new();
    private DeviceHistory _history = new();

    internal static PciAddress Drive => SmallHost.Drive;

    internal static Caller Self { get; } = CallerReader.Read(Environment.ProcessId, 0, out _);

    internal SimulatedHost Host => _fleet.Hosts[0];

    internal HostBroker Broker => Host.Agent.Broker;

    internal SimulatedMailbox Mailbox => Host.Hardware.Find(Drive)!.Mailboxes[0];

    internal string Directory => _directory.Path;

    public async ValueTask InitializeAsync()
    {
        _fleet = await StartAsync(_directory.Path);
        await WaitFor.TrueAsync(() => Broker.Mailboxes(Drive) is [{ Features.Count: 2 }]);
        _provider = new(Broker, TimeProvider.System);
        _policy = new() { Anchors = [await File.ReadAllBytesAsync(VendorStore.AnchorIn(SimulatedFleet.AnchorsIn(Path.Combine(_directory.Path, "data")), 0x144d))] };
        _history = new() { CmaName = Appraise(Plan(), await RunAsync(Plan())).CmaName };
        AttestationPlan plan = Plan();
        AppraisalResult recorded = Appraise(plan, await RunAsync(plan));
        _policy = _policy with { References = Baseline.Of(recorded.Blocks) };
        _history = new() { CmaName = recorded.CmaName, Pin = recorded.DeviceKey, Slots = 1, SignedBefore = true };
    }

    public async ValueTask DisposeAsync()
    {
        _provider.Dispose();
        await _fleet.DisposeAsync();
        _directory.Dispose();
    }

    internal static Task<SimulatedFleet> StartAsync(string place) => SimulatedFleet.StartAsync(
        new SimOptions
        {
            Hosts = 1,
            DataDirectory = Path.Combine(place, "data"),
            RunDirectory = Path.Combine(place, "run"),
            Mirror = false,
            Metrics = new IPEndPoint(IPAddress.Loopback, 0),
        },
        TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    internal static AttestationPlan Plan(SpdmVersion version = SpdmVersion.V13) =>
        AttestationPlan.Standard(new NonceSource(RandomNumberGenerator.Create()), 0, version) with { PortionSize = 512 };

    internal Task<AttestationRun> RunAsync(AttestationPlan plan, int? offset = null) =>
        _provider.RunAsync(new(plan, Drive, Self, "a test", Timeout.InfiniteTimeSpan) { Mailbox = offset }, TestContext.Current.CancellationToken);

    internal AppraisalResult Appraise(AttestationPlan plan, AttestationRun run) =>
        Appraiser.Appraise(new(run.Evidence, plan, _policy, _history, NonceState.Fresh, TimeProvider.System.GetUtcNow()), new ChainVerifier());

    internal void Set(ResponderFault fault) => Host.Hardware.Find(Drive)!.SetFault(Mailbox.Spdm!, fault);
}
