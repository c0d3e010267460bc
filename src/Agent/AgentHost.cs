using Fleet.Agent.Attestation;
using Fleet.Agent.Intercepts;
using Fleet.Agent.Linux;
using Fleet.Agent.Local;
using Fleet.Agent.Metrics;
using Fleet.Agent.Sensors;
using Fleet.Agent.Uplink;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

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

    private static readonly TimeSpan LastEventsLimit = TimeSpan.FromSeconds(2);

    private readonly AgentOptions _options;
    private readonly IdentityFiles _files;
    private readonly IHardware _hardware;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ChangeSignal _changed = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _unlinking = new();
    private readonly List<Task> _tasks = [];
    private AgentLock? _lock;
    private HostInventory? _inventory;
    private readonly List<string> _reduced = [];
    private HostSensors? _sensors;
    private Assignments? _assignments;
    private MailboxProvider? _mailboxes;
    private AttestationJobs? _attestations;
    private InterceptSet? _intercepts;
    private AgentLossAction? _onAgentLoss;
    private LocalApi? _local;
    private IDisposable? _metered;
    private HostFacts? _facts;
    private volatile Uplink.Uplink? _uplink;
    private volatile AgentIdentity? _identity;
    private volatile LinkStanding? _standing;

    private AgentHost(AgentOptions options, IHardware hardware, TimeProvider time, ILogger log)
    {
        _options = options;
        _files = new IdentityFiles(options.DataDirectory);
        _hardware = hardware;
        _time = time;
        _log = log;
    }

    public HostFacts Facts => _facts!;

    public InventoryReport Inventory => _inventory!.Report;

    public HostBroker Broker { get; private set; } = null!;

    /// <summary>What the host's executables hash to; shared by all that attribute.</summary>
    public ExecutableHashes Hashes { get; } = new();

    public Spool Spool { get; private set; } = null!;

    /// <summary>The host's identity at the server; null until it joined.</summary>
    public HostId? Host => (_standing?.Identity ?? _identity)?.Host;

    /// <summary>How the host stands with its server; null until it joined.</summary>
    public LocalLink? Link => _standing?.Describe();

    public bool Connected => _uplink?.Connected ?? false;

    /// <summary>Where the mirror is; null when it is not served.</summary>
    public string? MirrorPath => _intercepts?.MirrorPath;

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
    public Task UplinkEnded { get; private set; } = Task.CompletedTask;

    public IReadOnlyDictionary<string, string> Endpoints
    {
        get
        {
            Dictionary<string, string> endpoints = new() { ["socket"] = SocketPath };
            if (MirrorPath is not null)
            {
                endpoints["mirror"] = MirrorPath;
            }

            if (_options.MetricsUrl is not null)
            {
                endpoints["metrics"] = _options.MetricsUrl;
            }

            return endpoints;
        }
    }

    /// <summary>Starts an agent; what was started is stopped again when a step fails.</summary>
    /// <exception cref="AgentStartException">It cannot run here; the message says what to do.</exception>
    public static async Task<AgentHost> StartAsync(
        AgentOptions options, IHardware hardware, AgentMetrics metrics, TimeProvider time, ILoggerFactory logs, CancellationToken ct)
    {
        AgentHost host = new(options, hardware, time, logs.CreateLogger("Fleet.Agent"));
        try
        {
            host.PrepareDirectories();
            host.Compose();
            host.StartIntercepts();
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
        await stop.DoAsync("the mirror and its binds", TimeSpan.FromSeconds(8), () => _intercepts?.Dispose());
        await stop.DoAsync("the local API", TimeSpan.FromSeconds(4), () => _local?.DisposeAsync().AsTask() ?? Task.CompletedTask);
        await stop.DoAsync("the watches of hardware", TimeSpan.FromSeconds(4), () => Task.WhenAll(
            [cancelled, .. _tasks.Select(t => t.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default))]));
        await stop.DoAsync("exchanges on the wire", DrainLimit * 2, () => Broker?.DrainAsync(DrainLimit) ?? Task.CompletedTask);
        await stop.DoAsync("the broker", TimeSpan.FromSeconds(3), () =>
        {
            _inventory?.Dispose();
            Broker?.Dispose();
        });
        await stop.DoAsync("the last events", LastEventsLimit * 2, SendLastEventsAsync);
        await stop.DoAsync("the link to the server", TimeSpan.FromSeconds(4), async () =>
        {
            await _unlinking.CancelAsync();
            await UplinkEnded.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        });
        await stop.DoAsync("the spool", TimeSpan.FromSeconds(12), () => Spool?.DisposeAsync().AsTask() ?? Task.CompletedTask);
        (_standing?.Identity ?? _identity)?.Dispose();
        _lock?.Dispose();
        _stopping.Dispose();
        _unlinking.Dispose();
    }

    // What the end of the others had to tell. Without a connection it waits on disk for the next start.
    private async Task SendLastEventsAsync()
    {
        if (_uplink is { Connected: true } uplink)
        {
            using CancellationTokenSource limit = new(LastEventsLimit, _time);
            await Spool.FlushAsync(limit.Token);
            await uplink.DrainAsync(LastEventsLimit);
        }
    }

    private void PrepareDirectories()
    {
        try
        {
            Directory.CreateDirectory(_options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string probe = Path.Combine(_options.DataDirectory, ".writable");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (DiskState.Refuses(e))
        {
            _log.DataDirectoryRefuses(_options.DataDirectory, e.Message); // It passes; to decide cannot wait for it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException(IdentityFiles.NotWritable(_options.DataDirectory, e).Message, e);
        }

        try
        {
            Directory.CreateDirectory(_options.RunDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"The run directory {_options.RunDirectory} cannot be made: {e.Message} Choose another with --run.", e);
        }

        _lock = AgentLock.TryTake(Path.Combine(_options.RunDirectory, "agent.lock"), out string holder)
            ?? throw new AgentStartException($"Another agent runs in {_options.RunDirectory}: {holder}. Stop it, or choose another directory with --run.");
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
        _reduced.AddRange(Broker.JournalProblem is { } problem ? [problem] : []);
        _assignments = new Assignments(_options.DataDirectory, Apply, events.Publish, _time, _log);
        _mailboxes = new MailboxProvider(Broker, _time);
        IEvidenceProvider evidence = _options.DriveMailboxes ? _mailboxes : new KernelProvider(Broker);
        _attestations = new AttestationJobs(new EvidenceSpool(Path.Combine(_options.DataDirectory, "evidence"), _log), evidence, _time, _log);
        _inventory = new HostInventory(_hardware, Broker, events, _time, _log);
        _inventory.Refresh(first: true);
        _identity = _files.Load();
        if (_identity is not null)
        {
            // Before the first access can come in: the last policy holds from the start, server or not.
            _assignments.Restore(_identity.Host, _identity.PolicyKey);
        }

        // Before any way in is open: what goes around it is seen from the start.
        _sensors = new HostSensors(Broker.Bypassed, SensorsChanged, events, _time, _log);
        _sensors.Start(_hardware.CreateSensors(new SensorContext(Hashes, events.Publish, Broker.Quarantine)));
        ReadFacts(events, facts);
    }

    private void StartIntercepts()
    {
        _intercepts = InterceptSet.Start(_options, _hardware, Broker, Hashes, new HostEvents(Spool, _changed), _time, _log);
        _inventory!.Appeared = _intercepts.Cover;
        ChooseOnDeath();
        StartGuard();
        ReadFacts(null, _hardware.ReadFacts());
    }

    // Only behind binds: without them it would deny the tools that it is there to lead to the broker.
    private void StartGuard()
    {
        if (!_options.Guard)
        {
            return;
        }

        if (_intercepts!.Level is not InterceptLevel.Bind)
        {
            _reduced.Add("The guard (--guard) does not stand: nothing is bound over the config files, so it would deny every tool.");
            return;
        }

        bool Enforced(PciAddress address) =>
            Broker.TryGet(address, out BrokeredFunction? function) && function.Claims.Claims.Any(claim => claim.Facts.Mode is EnforcementMode.Enforce);
        HostEvents events = new(Spool, _changed);
        if (_hardware.CreateGuard(new SensorContext(Hashes, events.Publish, Broker.Quarantine), Enforced) is { } guard)
        {
            _sensors!.Start([guard]);
        }
    }

    private void Apply(IReadOnlyList<CompiledPolicy> policies)
    {
        Broker.Apply(policies);
        _onAgentLoss = policies.Max(policy => policy.OnAgentLoss);
        ChooseOnDeath();
    }

    private void ChooseOnDeath() => _intercepts?.OnDeath(_onAgentLoss);

    private void StartLoops()
    {
        HostEvents events = new(Spool, _changed);
        void Looked()
        {
            _intercepts!.Sync();
            ReadFacts(events, _hardware.ReadFacts());
            _changed.Raise();
        }

        _tasks.Add(new HardwareWatch(_hardware, _inventory!, Broker, _options, Looked, _time, _log).RunAsync(_stopping.Token));
        _tasks.Add(Task.Run(() => ExpireAsync(_stopping.Token)));
        if (_options.Servers.Count > 0)
        {
            UplinkEnded = Task.Run(() => LinkAsync(_unlinking.Token));
        }
    }

    private async Task LinkAsync(CancellationToken ct)
    {
        IReadOnlyList<Uri> servers = ServerAddresses.Shuffled(_options.Servers, Random.Shared);
        Enrolment enrolment = new(servers, _options.Token, _options.DataDirectory, _time, _log);
        _identity ??= await enrolment.EnsureAsync(Facts, ct);
        _standing = new LinkStanding(_identity, _time);
        UplinkOptions options = new()
        {
            Servers = servers,
            Identity = _files,
            JoinAgain = (before, token) => enrolment.JoinAgainAsync(Facts, before, token),
        };
        _uplink = new Uplink.Uplink(options, _standing, this, Spool, Assignments, Attestations, _time, _log);
        await _uplink.RunAsync(ct);
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
        ReadFacts(null, _hardware.ReadFacts());
        _changed.Raise();
    }

    private void ReadFacts(HostEvents? events, HostFacts read)
    {
        HostFacts facts = read with
        {
            Intercept = Describe(_intercepts?.Level),
            Mode = _options.Ceiling,
            Sensors = _sensors?.Reports ?? [],
            Reduced = [.. read.Reduced, .. _intercepts?.Reduced ?? [], .. _reduced],
        };
        if (_facts is { } before && events is not null && (before.Lockdown != facts.Lockdown || before.Tainted != facts.Tainted))
        {
            events.Publish(new FleetEvent
            {
                Time = _time.GetUtcNow(),
                Kind = EventKinds.HostState,
                Detail = $"Kernel lockdown is '{facts.Lockdown}' (was '{before.Lockdown}'), taint {facts.Tainted} (was {before.Tainted}).",
            });
        }

        _facts = facts;
    }

    private static string Describe(InterceptLevel? level) => level switch
    {
        InterceptLevel.Bind => "bind",
        InterceptLevel.Mirror => "mirror",
        _ => "none",
    };
}
