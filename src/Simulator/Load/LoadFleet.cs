// fleet-sim load: thousands of hosts against one server. Hosts (LoadHost, LinkSession) say what an agent says, over a client of their own (Link/)
// that costs little a host; LoadFleet brings them up and makes their events, LoadRun plays a scenario and counts.
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Agent;
using Fleet.Simulator.Load.Link;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Load;

/// <summary>The hosts of one load run.</summary>
internal sealed class LoadFleet : IAsyncDisposable
{
    private static readonly TimeSpan MakingInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TendingInterval = TimeSpan.FromMilliseconds(500);
    private readonly LoadContext _context;
    private readonly CancellationTokenSource _stopping;
    private readonly List<Task> _running = [];
    private readonly Random _random;
    private volatile bool _making;
    private int _started;
    private long _makingSince;

    private LoadFleet(LoadContext context, CancellationToken ct)
    {
        _context = context;
#pragma warning disable CA5394 // A seed makes runs alike; nothing is guarded by it.
        _random = new Random(context.Options.Seed);
#pragma warning restore CA5394
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);
        ImmutableArray<HostTemplate> templates = HostTemplate.Read(context.Options.Profile, context.Options.Attest, context.Time);
        Hosts = [.. Enumerable.Range(1, context.Options.Hosts).Select(number => Make(number, templates[number % templates.Length]))];
    }

    public ImmutableArray<LoadHost> Hosts { get; }

    public LoadCounters Counters => _context.Counters;

    /// <summary>Functions of all hosts that the server can attest.</summary>
    public int SpdmFunctions => Hosts.Sum(host => host.Template.SpdmFunctions);

    /// <summary>Reads identities and the server's authority, and gets a token where hosts have yet to join; no host is there yet.</summary>
    /// <param name="options">What the run is told.</param>
    /// <param name="api">Makes the token when none was given; null for nobody.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends all hosts.</param>
    /// <exception cref="AgentStartException">It cannot begin; the message says what to do.</exception>
    /// <exception cref="IOException">The same.</exception>
    public static async Task<LoadFleet> OpenAsync(LoadOptions options, ServerApi? api, TimeProvider time, CancellationToken ct)
    {
        Dictionary<Uri, LinkAddress> addresses = [];
        foreach (Uri server in options.Servers)
        {
            addresses[server] = await LinkAddress.ResolveAsync(server, ct);
        }

        IdentityFile identities = IdentityFile.Open(Path.Combine(options.DataDirectory, "identities.jsonl"), anew: options.Scenario is LoadScenario.Enrol);
        LoadLedger? ledger = null;
        try
        {
            ledger = options.LedgerFile is { } file ? LoadLedger.Open(file) : null;
            byte[] authority = await LoadEnrolment.FetchAuthorityAsync(options.Servers, ct);
            identities.Check(authority, options.Servers[0]);
            return new LoadFleet(
                new LoadContext
                {
                    Options = options,
                    Addresses = addresses,
                    Identities = identities,
                    Enrolment = await TokenAsync(options, api, identities, ct) is { } token ? LoadEnrolment.Open(options.Servers, token, identities, authority) : null,
                    Attestation = new LoadAttestation(new VendorStore(Path.Combine(options.DataDirectory, "spdm"), time), time),
                    Counters = new LoadCounters(),
                    Ledger = ledger,
                    Network = new Outage(time),
                    Time = time,
                },
                ct);
        }
        catch
        {
            identities.Dispose();
            ledger?.Dispose();
            throw;
        }
    }

    private static async Task<string?> TokenAsync(LoadOptions options, ServerApi? api, IdentityFile identities, CancellationToken ct)
    {
        int missing = Enumerable.Range(1, options.Hosts).Count(number => identities.Find(LoadHost.NameOf(number)) is null);
        return missing is 0 || options.Token is not null ? options.Token
            : api is not null ? await api.CreateTokenAsync(missing, ct)
            : throw new AgentStartException($"{missing} of {options.Hosts} hosts have not joined, and there is no token for them: give one of that many uses with --token-file (fleet-server token create --uses {missing}), or --server-data.");
    }

    /// <summary>Lets the hosts come, one after another over the ramp, and events be made.</summary>
    /// <param name="most">How many of them come for now; <see cref="StartRest"/> lets the others come.</param>
    public void Start(int most = int.MaxValue)
    {
        _started = Math.Min(most, Hosts.Length);
        _running.Add(TendAsync(_stopping.Token));
        _running.Add(MakeEventsAsync(_stopping.Token));
        _running.Add(RampAsync(Hosts[.._started], _stopping.Token));
    }

    public void StartRest() => _running.Add(RampAsync(Hosts[_started..], _stopping.Token));

    /// <summary>Makes so many events on each of the hosts, at once.</summary>
    public void Burst(IEnumerable<LoadHost> hosts, int events)
    {
        LoadHost[] all = [.. hosts];
        lock (_random)
        {
            foreach (LoadHost host in all)
            {
                host.Make(events, _random);
            }
        }

        _context.Ledger?.Flush();
        foreach (LoadHost host in all)
        {
            host.Wake();
        }
    }

    /// <summary>Cuts every connection, and the network until <see cref="MendNetwork"/>.</summary>
    public void CutNetwork(double compression)
    {
        _context.Network.Begin(compression);
        foreach (LoadHost host in Hosts)
        {
            host.Cut(new IOException("the network is cut"));
        }
    }

    /// <summary>Begins to make events at the rate.</summary>
    public void StartMaking()
    {
        Volatile.Write(ref _makingSince, _context.Time.GetTimestamp());
        _making = true;
    }

    /// <summary>Makes no more events; what waits is still sent. When it returns, all that were made are counted.</summary>
    public void StopMaking()
    {
        lock (_random)
        {
            _making = false;
        }
    }

    public void MendNetwork() => _context.Network.End();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        _context.Enrolment?.Dispose();
        _context.Attestation.Dispose();
        _context.Identities.Dispose();
        _context.Ledger?.Dispose();
        _stopping.Dispose();
    }

    // Seeded, so that a second run is the same machines with the same clocks.
    private LoadHost Make(int number, HostTemplate template)
    {
        LoadOptions options = _context.Options;
        int machine = options.Scenario is LoadScenario.Duplicates ? (number - 1) / Math.Max(options.Clones, 1) : number;
        string machineId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"fleet-sim load {options.Seed} {options.Scenario is LoadScenario.Duplicates} {machine}"))))[..32];
        TimeSpan skew = options.Scenario is LoadScenario.Skew ? options.Skew * ((_random.NextDouble() * 2) - 1) : TimeSpan.Zero;
        return new LoadHost(_context, template, number, machineId, skew);
    }

    private async Task RampAsync(ImmutableArray<LoadHost> coming, CancellationToken ct)
    {
        List<Task> hosts = new(coming.Length);
        long start = _context.Time.GetTimestamp();
        TimeSpan ramp = _context.Options.Ramp * coming.Length / Hosts.Length;
        try
        {
            while (hosts.Count < coming.Length)
            {
                double due = ramp <= TimeSpan.Zero ? 1 : _context.Time.GetElapsedTime(start) / ramp;
                for (int wanted = (int)Math.Min(coming.Length, Math.Ceiling(coming.Length * due)); hosts.Count < wanted;)
                {
                    LoadHost host = coming[hosts.Count];
                    hosts.Add(Task.Run(() => host.RunAsync(ct), CancellationToken.None));
                }

                await Task.Delay(MakingInterval, _context.Time, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped while hosts were still coming.
        }

        await Task.WhenAll(hosts);
    }

    private async Task MakeEventsAsync(CancellationToken ct)
    {
        long made = 0;
        await EveryAsync(MakingInterval, Make, ct);

        void Make()
        {
            HashSet<LoadHost> woken = [];
            lock (_random)
            {
                long due = !_making ? 0 : (long)(_context.Options.Rate * _context.Time.GetElapsedTime(Volatile.Read(ref _makingSince)).TotalSeconds);
                for (; made < due; made++)
                {
                    LoadHost host = Hosts[_random.Next(Hosts.Length)];
                    host.Make(1, _random);
                    woken.Add(host);
                }
            }

            _context.Ledger?.Flush();
            foreach (LoadHost host in woken)
            {
                host.Wake();
            }
        }
    }

    private Task TendAsync(CancellationToken ct)
    {
        return EveryAsync(TendingInterval, Tend, ct);

        void Tend()
        {
            foreach (LoadHost host in Hosts)
            {
                host.Tend();
            }
        }
    }

    private async Task EveryAsync(TimeSpan interval, Action act, CancellationToken ct)
    {
        using PeriodicTimer timer = new(interval, _context.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                act();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
