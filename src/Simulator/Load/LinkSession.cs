using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Load.Link;

namespace Fleet.Simulator.Load;

/// <summary>One life of a simulated host's connection: what an agent's session says, in one loop instead of five.</summary>
internal sealed class LinkSession : IDisposable
{
    /// <summary>The reason of a host's going that the server asked for.</summary>
    public const string Leaving = "leave";

    private static readonly TimeSpan StateHeartbeat = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StateInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AssignmentInterval = TimeSpan.FromMinutes(3);

    private readonly LoadContext _fleet;
    private readonly LoadHost _host;
    private readonly LoadIdentity _identity;
    private readonly LinkClient _link;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private string? _rejected;
    private long _stateAt;
    private long _assignmentAt;
    private volatile bool _stateWanted;
    private volatile bool _assignmentWanted;
    private long _pausedAt;
    private TimeSpan _pause;

    public LinkSession(LoadContext fleet, LoadHost host, LoadIdentity identity, LinkClient link)
    {
        (_fleet, _host, _identity, _link) = (fleet, host, identity, link);
        link.Called = Called;
    }

    /// <summary>Within what time the host comes back at random when the connection ends; null for its own pace.</summary>
    public TimeSpan? Spread { get; private set; }

    /// <summary>Says hello and brings the server up to date.</summary>
    public async Task OpenAsync(CancellationToken ct)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, _link.Ended);
        try
        {
            InventoryReport inventory = _host.Inventory();
            HelloMessage hello = new(LinkProtocol.Version, _host.Spool.Epoch, _host.Facts, inventory.Hash, new Dictionary<string, string>());
            HelloReply reply = await _link.CallAsync<HelloReply, HelloMessage>(nameof(IAgentHub.Hello), hello, either.Token)
                ?? throw new JsonException("The hello was answered with null.");
            if (reply.Refused is { } refusal)
            {
                throw new RefusedException("hello", refusal, Milliseconds(reply.RetryAfterMilliseconds));
            }

            Spread = Milliseconds(reply.SpreadMilliseconds);
            if (reply.AcknowledgedSequence > _host.Spool.Last)
            {
                // What the server tells one of two machines with one key; a simulated host is never that.
                throw new RefusedException("taken for a copy", "The server wants the host to begin an epoch of its own.");
            }

            Acknowledge(reply.AcknowledgedSequence);
            if (reply.WantInventory)
            {
                await _link.CallAsync<object, InventoryReport>(nameof(IAgentHub.ReportInventory), inventory, either.Token);
            }

            await FetchAssignmentAsync(either.Token);
            await ReportStateAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw _link.Cause;
        }
    }

    /// <summary>Runs until the connection or the token ends.</summary>
    public async Task ServeAsync(CancellationToken ct)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, _link.Ended);
        try
        {
            while (true)
            {
                await PushEventsAsync(either.Token);
                while (_host.Evidence.TryPeek(out EvidenceReport? report))
                {
                    await _link.CallAsync<EvidenceAcknowledgement, EvidenceReport>(nameof(IAgentHub.PushEvidence), report, either.Token);
                    _host.Evidence.TryDequeue(out _);
                    _fleet.Counters.Attests();
                }

                if (_assignmentWanted || _fleet.Time.GetElapsedTime(_assignmentAt) >= AssignmentInterval)
                {
                    await FetchAssignmentAsync(either.Token);
                }

                TimeSpan told = _fleet.Time.GetElapsedTime(_stateAt);
                if ((_stateWanted && told >= StateInterval) || told >= StateHeartbeat)
                {
                    await ReportStateAsync(either.Token);
                }

                await _wake.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw _link.Cause;
        }
    }

    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake, or about to be.
        }
        catch (ObjectDisposedException)
        {
            // The connection has just ended.
        }
    }

    /// <summary>What is due by the clock: pings, heartbeats, a state that waited for its interval.</summary>
    public void Tend()
    {
        _link.Tend();
        TimeSpan told = _fleet.Time.GetElapsedTime(Volatile.Read(ref _stateAt));
        bool sends = _pause > TimeSpan.Zero && !Paused;
        if (sends || (_stateWanted && told >= StateInterval) || told >= StateHeartbeat || _fleet.Time.GetElapsedTime(Volatile.Read(ref _assignmentAt)) >= AssignmentInterval)
        {
            Wake();
        }
    }

    public void Cut(Exception cause) => _link.Cut(cause);

    public void Dispose() => _wake.Dispose();

    // The server was busy and said how long to wait.
    private bool Paused => _pause > TimeSpan.Zero && _fleet.Time.GetElapsedTime(_pausedAt) < _pause;

    private static TimeSpan? Milliseconds(int? number) => number is { } some ? TimeSpan.FromMilliseconds(some) : null;

    private async Task PushEventsAsync(CancellationToken ct)
    {
        while (!Paused && _host.Spool.Read(LinkProtocol.MaxBatch) is { Length: > 0 } waiting)
        {
            FleetEvent[] events = [.. waiting.Select(made => EventMaker.Make(made, _host.Template, _identity.Host, _host.Name, _host.Spool.Epoch, _host.Skew))];
            long start = _fleet.Time.GetTimestamp();
            BatchAcknowledgement acknowledgement = await _link.CallAsync<BatchAcknowledgement, EventBatch>(
                nameof(IAgentHub.PushEvents), new EventBatch(_host.Spool.Epoch, events), ct) ?? throw new JsonException("A batch was answered with null.");
            _fleet.Counters.Acknowledging.Add(_fleet.Time.GetElapsedTime(start));
            _pause = LoadHost.FromOneToTwo(Milliseconds(acknowledgement.WaitMilliseconds) ?? TimeSpan.Zero);
            _pausedAt = _fleet.Time.GetTimestamp();
            if (acknowledgement.Epoch != _host.Spool.Epoch || (acknowledgement.Sequence < waiting[0].Sequence && _pause == TimeSpan.Zero))
            {
                throw new RefusedException("acknowledgement", $"The server acknowledged {acknowledgement.Epoch}/{acknowledgement.Sequence} of another batch.");
            }

            Acknowledge(acknowledgement.Sequence);
            _stateWanted = true;
        }
    }

    private void Acknowledge(long sequence)
    {
        IReadOnlyList<MadeEvent> gone = _host.Spool.Acknowledge(sequence);
        if (gone.Count is 0)
        {
            return;
        }

        DateTimeOffset now = _fleet.Time.GetUtcNow();
        foreach (MadeEvent made in gone)
        {
            _fleet.Counters.Stored.Add(now - made.At);
        }

        _fleet.Counters.Stores(gone.Count);
        _fleet.Ledger?.Acknowledged(_identity.Host, _host.Spool.Epoch, sequence);
    }

    private async Task FetchAssignmentAsync(CancellationToken ct)
    {
        _assignmentWanted = false;
        Volatile.Write(ref _assignmentAt, _fleet.Time.GetTimestamp());
        SignedAssignment? signed = await _link.CallAsync<SignedAssignment, string?>(nameof(IAgentHub.FetchAssignment), _host.InForce?.Tag, ct);
        if (signed is null)
        {
            return;
        }

        byte[] payload = Convert.FromBase64String(signed.Payload);
        PolicyTrust trust = _fleet.PolicyKeys.Trust(_identity.PolicyKey, signed.Keys, _identity.Authority);
        Assignment? assignment = trust.SignerOf(payload, Convert.FromBase64String(signed.Signature)) is not null ? FleetJson.Read<Assignment>(payload) : null;
        if (assignment?.Host != _identity.Host)
        {
            _fleet.Counters.Failed("assignment not genuine");
            _rejected = "The assignment's signature is not the server's, or it is another host's.";
        }
        else
        {
            (_host.InForce, _rejected) = ((signed.Tag, assignment), null);
        }

        _stateWanted = true;
    }

    private async Task ReportStateAsync(CancellationToken ct)
    {
        _stateWanted = false;
        Volatile.Write(ref _stateAt, _fleet.Time.GetTimestamp());
        DateTimeOffset now = _fleet.Time.GetUtcNow() + _host.Skew;
        AppliedPolicy[] applied = [.. (_host.InForce?.Assignment.Policies ?? []).Select(policy => new AppliedPolicy(policy.Name, policy.Revision, now))];
        StateReport report = new(_host.InForce?.Assignment.Generation ?? 0, applied, _host.Template.Claims, _host.Spool.Count, _rejected, Time: now);
        await _link.CallAsync<object, StateReport>(nameof(IAgentHub.ReportState), report, ct);
    }

    private void Called(string target, ReadOnlyMemory<byte> arguments)
    {
        if (target == nameof(IAgentClient.AssignmentChanged))
        {
            _assignmentWanted = true;
            Wake();
        }
        else if (target == nameof(IAgentClient.Leave))
        {
            using JsonDocument document = JsonDocument.Parse(arguments);
            LeaveNotice? notice = document.RootElement[0].Deserialize(FleetJson.Type<LeaveNotice>());
            Spread = Milliseconds(notice?.SpreadMilliseconds) ?? Spread;
            Cut(new RefusedException(Leaving, "The server goes."));
        }
        else if (target == nameof(IAgentClient.Attest))
        {
            using JsonDocument document = JsonDocument.Parse(arguments);
            AttestationJob job = document.RootElement[0].Deserialize(FleetJson.Type<AttestationJob>()) ?? throw new JsonException("A job is null.");
            _ = AttestAsync(job);
        }
    }

    private async Task AttestAsync(AttestationJob job)
    {
        try
        {
            _host.Evidence.Enqueue(await _fleet.Attestation.RunAsync(job, _host.Name, _host.Template, _link.Ended));
            Wake();
        }
        catch (OperationCanceledException)
        {
            // The connection ended; the server sends the job again after the next hello.
        }
        catch (Exception error)
        {
            // The job stays open at the server, which shows it as unanswered.
            _fleet.Counters.Failed($"attestation: {error.Message}");
        }
    }
}
