using Fleet.Agent.Attestation;
using Fleet.Agent.Uplink;

namespace Fleet.Agent;

/// <summary>The host's way to its servers, from the first joining to the last event before the end. Without servers it does nothing.</summary>
internal sealed class HostLink(AgentOptions options, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan LastEventsLimit = TimeSpan.FromSeconds(2);

    private readonly IdentityFiles _files = new(options.DataDirectory);
    private readonly CancellationTokenSource _stopping = new();
    private volatile Uplink.Uplink? _uplink;
    private volatile AgentIdentity? _identity;
    private volatile LinkStanding? _standing;

    /// <summary>The identity in use; null until the host joined.</summary>
    public AgentIdentity? Identity => _standing?.Identity ?? _identity;

    /// <summary>How the host stands with its server; null until it joined.</summary>
    public LinkStanding? Standing => _standing;

    public bool Connected => _uplink?.Connected ?? false;

    /// <summary>Ends when the uplink does: with an <see cref="EnrolmentException"/> when the host cannot join.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Reads the identity that the host has from before, if it has one.</summary>
    public AgentIdentity? Load() => _identity = _files.Load();

    /// <summary>By which keys the host believes assignments before it has heard from a server.</summary>
    public PolicyTrust PolicyTrustOf(AgentIdentity identity) => new(identity.PolicyKey, _files.LoadPolicyKeys(identity));

    public void Start(AgentHost host, AttestationJobs attestations)
    {
        if (options.Servers.Count > 0)
        {
            Ended = Task.Run(() => RunAsync(host, attestations, _stopping.Token));
        }
    }

    /// <summary>What the end of everything else had to tell. Without a connection it waits on disk for the next start.</summary>
    public async Task SendLastEventsAsync(Spool spool)
    {
        // What a disk refuses has no number and cannot be sent; what it has waits there.
        if (_uplink is not { Connected: true } uplink || spool.Trouble is not null)
        {
            return;
        }

        using CancellationTokenSource limit = new(LastEventsLimit, time);
        try
        {
            await spool.FlushAsync(limit.Token);
            await uplink.DrainAsync(LastEventsLimit);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The disk is slow, or refuses since a moment ago: the spool's own end says what became of them.
        }
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Ended.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public void Dispose()
    {
        Identity?.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(AgentHost host, AttestationJobs attestations, CancellationToken ct)
    {
        IReadOnlyList<Uri> servers = ServerAddresses.Shuffled(options.Servers, Random.Shared);
        Enrolment enrolment = new(servers, options.Token, options.DataDirectory, time, log);
        _identity ??= await enrolment.EnsureAsync(host.Facts, ct);
        _standing = new LinkStanding(_identity, time);
        UplinkOptions uplink = new()
        {
            Servers = servers,
            Identity = _files,
            JoinAgain = (before, token) => enrolment.JoinAgainAsync(host.Facts, before, token),
        };
        _uplink = new Uplink.Uplink(uplink, _standing, host, host.Spool, host.Assignments, attestations, time, log);
        await _uplink.RunAsync(ct);
    }
}
