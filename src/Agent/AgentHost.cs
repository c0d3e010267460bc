using Fleet.Agent.Attestation;
using Fleet.Agent.Linux;
using Fleet.Agent.Local;
using Fleet.Agent.Metrics;
using Fleet.Agent.Sensors;
using Fleet.Agent.Uplink;
using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent;

/// <summary>
/// The agent of one host, composed: hardware under the broker; mirror and local API as ways in; spool and uplink as the way out.
/// A process may hold many (fleet-sim does); nothing here is static.
/// </summary>
internal sealed class AgentHost : ILinkedHost, IAsyncDisposable
{
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromSeconds(1);

    // An exchange on the wire has a second to answer and one to be aborted.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(3);

    // Flushing the spool and sending it have two seconds each.
    private static readonly TimeSpan LastEventsLimit = TimeSpan.FromSeconds(4);

    private readonly AgentOptions _options;
    private readonly IHardware _hardware;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ChangeSignal _changed = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _tasks = [];
    private readonly KnownFacts _facts;
    private readonly WaysIn _waysIn;
    private readonly HostLink _link;
    private AgentLock? _lock;
    private HostInventory? _inventory;
    private HostSensors? _sensors;
    private Assignments? _assignments;
    private MailboxProvider? _mailboxes;
    private AttestationJobs? _attestations;
    private LocalApi? _local;
    private IDisposable? _metered;

    private AgentHost(AgentOptions options, IHardware hardware, TimeProvider time, ILogger log)
    {
        _options = options;
        _hardware = hardware;
        _time = time;
        _log = log;
        _facts = new KnownFacts(options, hardware, time);
        _waysIn = new WaysIn(options, hardware, _facts, time, log);
        _link = new HostLink(options, time, log);
    }

    public HostFacts Facts => _facts.Now;

    public InventoryReport Inventory => _inventory!.Report;

    public HostBroker Broker { get; private set; } = null!;

    /// <summary>What the host's executables hash to; shared by all that attribute.</summary>
    public ExecutableHashes Hashes { get; } = new();

    public Spool Spool { get; private set; } = null!;

    /// <summary>The host's identity at the server; null until it joined.</summary>
    public HostId? Host => _link.Identity?.Host;

    /// <summary>How the host stands with its server; null until it joined.</summary>
    public LocalLink? Link => _link.Standing?.Describe();

    public bool Connected => _link.Connected;

    /// <summary>Where the mirror is; null when it is not served.</summary>
    public string? MirrorPath => _waysIn.MirrorPath;

    public string SocketPath => Path.Combine(_options.RunDirectory, "agent.sock");

    /// <summary>Whether users other than root may hold claims.</summary>
    public bool UserClaims => _options.UserClaims;

    /// <summary>Every route of the local API with who may call it.</summary>
    public IReadOnlyDictionary<string, LocalRule?> LocalRules => _local!.Rules;

    /// <summary>The assignment in force.</summary>
    public Assignments Assignments => _assignments!;

    /// <summary>The way to evidence about a function of this host.</summary>
    public IEvidenceProvider Evidence => _mailboxes!;

    /// <summary>What the server wants attested, and the evidence that it has not committed.</summary>
    public AttestationJobs Attestations => _attestations!;

    /// <summary>Ends when the uplink does: with an <see cref="EnrolmentException"/> when the host cannot join.</summary>
    public Task UplinkEnded => _link.Ended;

    /// <summary>Where others find this agent, by what it is.</summary>
    public IReadOnlyDictionary<string, string> Endpoints =>
        new (string Name, string? Where)[] { ("socket", SocketPath), ("mirror", MirrorPath), ("metrics", _options.MetricsUrl) }
            .Where(endpoint => endpoint.Where is not null).ToDictionary(endpoint => endpoint.Name, endpoint => endpoint.Where!);

    /// <summary>Starts an agent; what was started is stopped again when a step fails.</summary>
    /// <exception cref="AgentStartException">It cannot run here; the message says what to do.</exception>
    public static async Task<AgentHost> StartAsync(
        AgentOptions options, IHardware hardware, AgentMetrics metrics, TimeProvider time, ILoggerFactory logs, CancellationToken ct)
    {
        AgentHost host = new(options, hardware, time, logs.CreateLogger("Fleet.Agent"));
        try
        {
            host._lock = AgentDirectories.Prepare(options, host._log);
            host.Compose();
            host.OpenWaysIn();
            host._local = await LocalApi.StartAsync(host, host.SocketPath, time, host._log, ct);
            host._metered = metrics.Add(host);
            host.StartLoops();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public IReadOnlyList<ClaimFacts> Claims() => Broker.Claims();

    /// <summary>What sensors lost since the start, by sensor.</summary>
    public IReadOnlyDictionary<string, long> SensorsLost => _sensors?.Lost ?? new Dictionary<string, long>();

    /// <summary>The ways around the broker, looked for now.</summary>
    public IReadOnlyList<BypassPath> FindBypassPaths() => _hardware.FindBypassPaths(Facts);

    public Task WaitForChangeAsync(CancellationToken ct) => _changed.WaitAsync(ct);

    /// <summary>
    /// Stops within bounds. What tools go through comes off first and in any case, then what it leads to, the spool last: what the end
    /// of the others has to tell is still kept.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        StopSteps stop = new(_time, _log);
        Task cancelled = _stopping.CancelAsync();
        _metered?.Dispose();
        // The guard would stand before files that nothing is bound over any more.
        await stop.DoAsync("the sensors", TimeSpan.FromSeconds(3), () => _sensors?.Dispose());
        await stop.DoAsync("the mirror and its binds", TimeSpan.FromSeconds(8), _waysIn.Dispose);
        await stop.DoAsync("the local API", TimeSpan.FromSeconds(4), () => _local?.DisposeAsync().AsTask() ?? Task.CompletedTask);
        await stop.DoAsync("the watches of hardware", TimeSpan.FromSeconds(4), () => Task.WhenAll(
            [cancelled, .. _tasks.Select(t => t.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default))]));
        await stop.DoAsync("exchanges on the wire", DrainLimit * 2, () => Broker?.DrainAsync(DrainLimit) ?? Task.CompletedTask);
        await stop.DoAsync("the broker", TimeSpan.FromSeconds(3), () =>
        {
            _inventory?.Dispose();
            Broker?.Dispose();
        });
        await stop.DoAsync("the last events", LastEventsLimit, () => Spool is { } spool ? _link.SendLastEventsAsync(spool) : Task.CompletedTask);
        await stop.DoAsync("the link to the server", TimeSpan.FromSeconds(4), _link.StopAsync);
        await stop.DoAsync("the spool", TimeSpan.FromSeconds(5), () => Spool?.DisposeAsync().AsTask() ?? Task.CompletedTask);
        _link.Dispose();
        _lock?.Dispose();
        _stopping.Dispose();
    }

    private void Compose()
    {
        HostFacts facts = _hardware.ReadFacts();
        SpoolOptions spool = new() { Path = Path.Combine(_options.DataDirectory, "spool.db"), Committed = _options.EventsSpooled, TroubleChanged = _changed.Raise };
        Spool = new Spool(spool, facts.Name, _time, _log);
        HostEvents events = new(Spool, _changed);
        BrokerOptions broker = new()
        {
            Ceiling = _options.Ceiling,
            JournalPath = Path.Combine(_options.DataDirectory, "journal.map"),
            RecorderDirectory = Path.Combine(_options.DataDirectory, "recorder"),
            RecordPayloads = _options.RecordPayloads,
            QuarantinePath = Path.Combine(_options.DataDirectory, "quarantine"),
        };
        Broker = new HostBroker(broker, events, _time, _hardware.SinceBoot);
        if (Broker.JournalProblem is { } problem)
        {
            _facts.Reduce(problem);
        }

        _assignments = new Assignments(_options.DataDirectory, Apply, events.Publish, _time, _log);
        _mailboxes = new MailboxProvider(Broker, _time);
        IEvidenceProvider evidence = _options.DriveMailboxes ? _mailboxes : new KernelProvider(Broker);
        _attestations = new AttestationJobs(new EvidenceSpool(Path.Combine(_options.DataDirectory, "evidence"), _log), evidence, _time, _log);
        _inventory = new HostInventory(_hardware, Broker, events, _time, _log);
        _inventory.Refresh(first: true);
        if (_link.Load() is { } identity)
        {
            // Before the first access can come in: the last policy holds from the start, server or not.
            _assignments.Restore(identity.Host, _link.PolicyTrustOf(identity));
        }

        // Before any way in is open: what goes around it is seen from the start.
        _facts.Sensors = _sensors = new HostSensors(Broker.Bypassed, SensorsChanged, events, _time, _log);
        _sensors.Start(_hardware.CreateSensors(new SensorContext(Hashes, events.Publish, Broker.Quarantine)));
        _facts.Take(facts, events);
    }

    private void OpenWaysIn()
    {
        _waysIn.Start(this, _inventory!, _sensors!, new HostEvents(Spool, _changed));
        _facts.Read();
    }

    private void Apply(IReadOnlyList<CompiledPolicy> policies)
    {
        Broker.Apply(policies);
        _waysIn.OnDeath(policies.Max(policy => policy.OnAgentLoss));
    }

    private void StartLoops()
    {
        HostEvents events = new(Spool, _changed);
        void Looked()
        {
            _waysIn.Sync();
            _facts.Read(events);
            _changed.Raise();
        }

        _tasks.Add(new HardwareWatch(_hardware, _inventory!, Broker, _options, Looked, _time, _log).RunAsync(_stopping.Token));
        _tasks.Add(Task.Run(() => ExpireAsync(_stopping.Token)));
        _link.Start(this, _attestations!);
    }

    private async Task ExpireAsync(CancellationToken ct)
    {
        try
        {
            using PeriodicTimer timer = new(ExpiryInterval, _time);
            while (await timer.WaitForNextTickAsync(ct))
            {
                // The start time tells a process from a later one with the same number.
                Broker.Expire(holder => holder.StartTime is not 0 && CallerReader.ReadStartTime(holder.Pid) != holder.StartTime);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void SensorsChanged()
    {
        _facts.Read();
        _changed.Raise();
    }
}
