using Fleet.Agent.Attestation;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Testing.Delivery;
using Microsoft.Extensions.Logging;
using Link = Fleet.Agent.Uplink.Uplink;

namespace Fleet.FaultTrial;

/// <summary>One host: the agent's own enrolment, spool and uplink, and a producer of events instead of a broker.</summary>
internal sealed class TrialHost(string name, string data, string ledger, IReadOnlyList<Uri> servers, string token, int seed, ILogger log) : ILinkedHost
{
    private const int Streams = 6;
    private static readonly TimeSpan Goodbye = TimeSpan.FromMinutes(2);

    public HostFacts Facts { get; } = new()
    {
        Name = name,
        MachineId = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..32],
        BootId = "boot",
        Kernel = "6.1.0",
        Architecture = "x86_64",
        Lockdown = "none",
        AgentVersion = "0.1.0",
        Intercept = "none",
        Mode = EnforcementMode.Enforce,
        Simulated = true,
    };

    public InventoryReport Inventory { get; } = new("none", []);

    public IReadOnlyDictionary<string, string> Endpoints { get; } = new Dictionary<string, string>();

    public IReadOnlyList<ClaimFacts> Claims() => [];

    public Task WaitForChangeAsync(CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);

    /// <summary>Makes events until the token ends, then waits until the server has all of them.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Directory.CreateDirectory(data);
        SpoolOptions options = new() { Path = Path.Combine(data, "spool.db"), MaxEvents = seed % 2 is 0 ? 2_000 : 40_000 };
        await using Spool spool = new(options, name, TimeProvider.System, log);
        await using AttestationJobs attestations = new(new EvidenceSpool(Path.Combine(data, "evidence"), log), new NoEvidence(), TimeProvider.System, log);
        Assignments assignments = new(data, _ => { }, spool.Publish, TimeProvider.System, log);
        using CancellationTokenSource unlink = new();
        Task link = LinkAsync(spool, assignments, attestations, unlink.Token);
        using (Ledger made = new(ledger))
        {
            await MakeAsync(spool, made, stop);
        }

        using (CancellationTokenSource limit = new(Goodbye))
        {
            while (spool.Count > 0 && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }

        if (spool.Count > 0)
        {
            log.EventsLeft(name, spool.Count);
        }

        await unlink.CancelAsync();
        await link;
    }

    private async Task LinkAsync(Spool spool, Assignments assignments, AttestationJobs attestations, CancellationToken ct)
    {
        try
        {
            Enrolment enrolment = new(servers, token, data, TimeProvider.System, log);
            using AgentIdentity identity = await enrolment.EnsureAsync(Facts, ct);
            UplinkOptions options = new() { Servers = servers, Backoff = () => new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2)) };
            await new Link(options, new LinkStanding(identity, TimeProvider.System), this, spool, assignments, attestations, TimeProvider.System, log).RunAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task MakeAsync(Spool spool, Ledger made, CancellationToken stop)
    {
#pragma warning disable CA5394 // Chooses what happens; guards nothing.
        Random random = new(seed);
        long number = made.Last;
        while (!stop.IsCancellationRequested)
        {
            List<FleetEvent> burst = [.. Enumerable.Range(0, random.Next(1, 120)).Select(_ => Make(++number, random))];
            made.Make(burst.Select(e => (MadeEvent.TryRead(e.Detail, out string stream, out long n) ? stream : "", n, e.Time)));
            burst.ForEach(spool.Publish);
            await spool.FlushAsync(CancellationToken.None);
            made.Keep(number);
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(5, 150)), TimeProvider.System, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static FleetEvent Make(long number, Random random)
    {
        int stream = random.Next(Streams * 2);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return stream >= Streams
            ? new FleetEvent { Time = now, Kind = EventKinds.HostState, Detail = MadeEvent.Mark("state", number) }
            : new FleetEvent
            {
                Time = now,
                Kind = EventKinds.ContentionAccess,
                Caller = new Caller { Pid = 1 + random.Next(10_000), Comm = "setpci", Exe = "/usr/bin/setpci" },
                Operation = AccessOperation.Write,
                Offset = stream,
                Length = 1,
                Decision = Decision.Refuse,
                Detail = MadeEvent.Mark($"contention-{stream}", number),
            };
    }
#pragma warning restore CA5394

    // Nothing in the trial is attested.
    private sealed class NoEvidence : IEvidenceProvider
    {
        public string Name => "none";

        public Task<AttestationRun> RunAsync(AttestationRequest request, CancellationToken ct) =>
            throw new InvalidOperationException("Nothing here can be attested.");
    }
}
