using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Fleet.Agent.Attestation;
using Fleet.Contracts;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Agent.Uplink;

/// <summary>One life of the connection: hello, inventory, then events, states and assignments side by side until it ends.</summary>
internal sealed class LinkSession : IDisposable
{
    private readonly HubConnection _hub;
    private readonly UplinkOptions _options;
    private readonly AgentIdentity _identity;
    private readonly LinkStanding _standing;
    private readonly Renewal? _renewal;
    private readonly ILinkedHost _host;
    private readonly Spool _spool;
    private readonly Assignments _assignments;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<string> _nudges = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly SemaphoreSlim _stateWanted = new(0, 1);
    private readonly AttestationJobs _attestations;
    private readonly BatchPace _pace;
    private readonly PolicyKeyring _keys;
    private readonly CancellationTokenSource _leaving = new();
    private string _reportedInventory = "";
    private long _epoch;
    private int _protocol;

    public LinkSession(
        HubConnection hub, UplinkOptions options, LinkStanding standing, ILinkedHost host, Spool spool, Assignments assignments,
        AttestationJobs attestations, BatchPace pace, PolicyKeyring keys, TimeProvider time, ILogger log)
    {
        _hub = hub;
        _options = options;
        _standing = standing;
        _identity = standing.Identity;
        _renewal = options.Identity is null ? null : new Renewal(standing, options.Identity, host.Facts.Name, time, log);
        _keys = keys;
        _host = host;
        _spool = spool;
        _assignments = assignments;
        _attestations = attestations;
        _pace = pace;
        _time = time;
        _log = log;
        hub.On<string>(nameof(IAgentClient.AssignmentChanged), tag => _nudges.Writer.TryWrite(tag));
        hub.On<AttestationJob>(nameof(IAgentClient.Attest), attestations.Accept);
        hub.On<DateTimeOffset>(nameof(IAgentClient.RenewCertificate), at => _renewal?.Schedule(at, exactly: true));
        hub.On<string>(nameof(IAgentClient.Revoked), Take);
        hub.On<SignedPolicyKeys>(nameof(IAgentClient.PolicyKeys), TakeKeysAndFetch);
        hub.On<LeaveNotice>(nameof(IAgentClient.Leave), Leave);
    }

    /// <summary>What the server said when it went; null when it said nothing.</summary>
    public LeaveNotice? Left { get; private set; }

    /// <summary>Within which time to come back when the connection ends without a word; null for the agent's own pace.</summary>
    public TimeSpan? Spread { get; private set; }

    /// <summary>Says hello and brings the server up to date.</summary>
    public async Task OpenAsync(CancellationToken ct)
    {
        await _spool.ServeAsync(_identity.Host, ct);
        InventoryReport inventory = _host.Inventory;
        _epoch = _spool.Epoch;
        HelloMessage hello = new(LinkProtocol.Version, _epoch, _host.Facts, inventory.Hash, _host.Endpoints, _identity.Host);
        long asked = _time.GetTimestamp();
        HelloReply reply = await CallAsync<HelloReply>(nameof(IAgentHub.Hello), hello, ct)
            ?? throw new LinkException("The server answered the hello with null.");
        Measure(asked, reply.ServerTime);
        if (reply is { Refused: not null, RefusalReason: not null })
        {
            throw new LinkRefusedException(new LinkRefusal(reply.RefusalReason, reply.Refused));
        }

        if (reply.Refused is not null)
        {
            throw new LinkException($"The server refuses this host: {reply.Refused}", Wait(reply.RetryAfterMilliseconds));
        }

        if (reply.Protocol < LinkProtocol.Minimum)
        {
            throw new LinkException($"The server speaks protocol {reply.Protocol}; this agent needs {LinkProtocol.Minimum} or later. Update the server.");
        }

        if (_epoch != _spool.Epoch)
        {
            throw new LinkException("The spool's file was opened meanwhile; its epoch begins.");
        }

        if (!_spool.Acknowledge(new BatchAcknowledgement(_epoch, reply.AcknowledgedSequence)))
        {
            await _spool.StartNewEpochAsync(ct);
            throw new LinkException("The server has later events of this epoch than the spool; a new epoch begins.");
        }

        if (reply.Revoked is not null)
        {
            Take(reply.Revoked);
        }

        if (reply.PolicyKeys is not null)
        {
            _keys.Take(reply.PolicyKeys);
        }

        _protocol = reply.Protocol;
        _renewal?.Schedule(reply.RenewAt);
        Spread = Wait(reply.SpreadMilliseconds);
        _reportedInventory = inventory.Hash;
        if (reply.WantInventory)
        {
            await CallAsync(nameof(IAgentHub.ReportInventory), inventory, ct);
        }

        // First what is in force: a server whose database was restored then makes an assignment that is newer, instead of one that is refused.
        bool told = _assignments.GenerationOf(_identity.Host) > 0;
        if (told)
        {
            await ReportStateAsync(ct);
        }

        if (await FetchAssignmentAsync(ct) || !told)
        {
            await ReportStateAsync(ct);
        }
    }

    /// <summary>Runs until the connection or the token ends.</summary>
    public async Task ServeAsync(CancellationToken ct)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(ct, _leaving.Token);
        Task[] loops = [PumpEventsAsync(ending.Token), PumpEvidenceAsync(ending.Token), WatchHostAsync(ending.Token), SendStatesAsync(ending.Token), WatchAssignmentAsync(ending.Token), RenewAsync(ending.Token), AwaitFileAsync(ending.Token)];
        Task ended = await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops.Select(l => l.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
        if (Left is null)
        {
            await ended;
        }
    }

    public void Dispose()
    {
        _stateWanted.Dispose();
        _leaving.Dispose();
        _renewal?.Dispose();
    }

    private void Measure(long asked, DateTimeOffset server)
    {
        _standing.Measure(asked, server);
        if (_standing.ClockOffset is { } offset && offset.Duration() > LinkStanding.NotableOffset)
        {
            _log.ClockOff(_host.Facts.Name, offset.TotalSeconds);
        }
    }

    // The next connection is to nobody whom the list names.
    private void Take(string revoked)
    {
        if (!RevocationList.TryParse(revoked, _identity.Authority, out RevocationList? list))
        {
            _log.RevocationsNotTaken(_host.Facts.Name);
        }
        else if (_standing.Revoked is not { } known || known.Number < list.Number)
        {
            _standing.Revoked = list;
            _log.RevocationsTaken(_host.Facts.Name, list.Number.ToString(CultureInfo.InvariantCulture));
            try
            {
                _options.Identity?.StoreRevoked(list);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _log.RevocationsNotStored(_host.Facts.Name, e.Message);
            }
        }
    }

    // What is in force may be signed by a key that counts no more: it is fetched anew.
    private void TakeKeysAndFetch(SignedPolicyKeys keys)
    {
        if (_keys.Take(keys))
        {
            _nudges.Writer.TryWrite("");
        }
    }

    // Ends the session when it is done: the next one comes in with the new certificate.
    private Task RenewAsync(CancellationToken ct) => _renewal is null || _protocol < LinkProtocol.RenewalSince
        ? Task.Delay(Timeout.InfiniteTimeSpan, _time, ct)
        : _renewal.RunAsync((request, token) => CallAsync<RenewReply>(nameof(IAgentHub.RenewCertificate), request, token), ct);

    // Events have the file's epoch, which the hello did not name when there was no file yet. Ends the session at once: nobody else comes back with this host.
    private async Task AwaitFileAsync(CancellationToken ct)
    {
        if (_epoch == _spool.Epoch && _spool.Opened.IsCompleted)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
        }

        await _spool.Opened.WaitAsync(ct);
        Spread = TimeSpan.Zero;
    }

    // What a server tells an agent to wait is bounded: no mistake of a server's silences a fleet for long.
    private static TimeSpan? Wait(int? milliseconds) => milliseconds is { } given
        ? TimeSpan.FromMilliseconds(Math.Clamp(given, 0, LinkProtocol.LongestWaitMilliseconds))
        : null;

    private void Leave(LeaveNotice notice)
    {
        Left = notice;
        try
        {
            _leaving.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The session ends already.
        }
    }

    private async Task PumpEventsAsync(CancellationToken ct)
    {
        while (true)
        {
            IReadOnlyList<FleetEvent> events = _spool.Read(_pace.Events, _pace.Bytes);
            if (events.Count is 0)
            {
                await _spool.WaitAsync(ct);
                continue;
            }

            EventBatch batch = new(events[0].Epoch, [.. events.Select(e => e with { Host = _identity.Host })]);
            BatchAcknowledgement acknowledgement = await PushAsync(batch, ct);
            bool stored = acknowledgement.Sequence >= events[0].Sequence;
            if ((!stored && acknowledgement.WaitMilliseconds is null) || !_spool.Acknowledge(acknowledgement))
            {
                throw new LinkException(
                    $"The server acknowledged {acknowledgement.Epoch}/{acknowledgement.Sequence}, the batch was {batch.Epoch}/{events[0].Sequence} to {events[^1].Sequence}.");
            }

            if (Wait(acknowledgement.WaitMilliseconds) is { } wait)
            {
                _pace.Shrink();
                await Task.Delay(BatchPace.Spread(wait), _time, ct);
            }

            if (_spool.Count is 0)
            {
                WantState();
            }
        }
    }

    private async Task<BatchAcknowledgement> PushAsync(EventBatch batch, CancellationToken ct)
    {
        long began = _time.GetTimestamp();
        try
        {
            BatchAcknowledgement acknowledgement = await CallAsync<BatchAcknowledgement>(nameof(IAgentHub.PushEvents), batch, ct)
                ?? throw new LinkException("The server answered a batch with null.");
            if (acknowledgement.WaitMilliseconds is null)
            {
                _pace.Stored(_time.GetElapsedTime(began));
            }

            return acknowledgement;
        }
        catch
        {
            // Whatever it was, a smaller batch is likelier to get through the next connection.
            _pace.Shrink();
            throw;
        }
    }

    // A server that never asked for evidence has no use for it.
    private Task PumpEvidenceAsync(CancellationToken ct) => _protocol < LinkProtocol.AttestationSince
        ? Task.Delay(Timeout.InfiniteTimeSpan, _time, ct)
        : new EvidencePump(_attestations.Spool, _host.Facts.Name, _options.Backoff(), _time, _log).RunAsync(
            (report, token) => CallAsync<EvidenceAcknowledgement>(nameof(IAgentHub.PushEvidence), report, token), ct);

    private async Task WatchHostAsync(CancellationToken ct)
    {
        while (true)
        {
            await _host.WaitForChangeAsync(ct);
            InventoryReport inventory = _host.Inventory;
            if (inventory.Hash != _reportedInventory)
            {
                await CallAsync(nameof(IAgentHub.ReportInventory), inventory, ct);
                _reportedInventory = inventory.Hash;
            }

            WantState();
        }
    }

    private async Task SendStatesAsync(CancellationToken ct)
    {
        while (true)
        {
            // Real time and not the host's: SemaphoreSlim knows no other, and the report is a heartbeat too.
            await _stateWanted.WaitAsync(_options.StateHeartbeat, ct);
            await ReportStateAsync(ct);
            await Task.Delay(_options.StateInterval, _time, ct);
        }
    }

    private async Task WatchAssignmentAsync(CancellationToken ct)
    {
        while (true)
        {
            using CancellationTokenSource turn = new(_options.AssignmentInterval, _time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(turn.Token, ct);
            try
            {
                await _nudges.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // No nudge came; one may have been lost.
            }

            await FetchAssignmentAsync(ct);
            WantState();
        }
    }

    // True when there was something new.
    private async Task<bool> FetchAssignmentAsync(CancellationToken ct)
    {
        string? tag = _assignments.TagFor(_standing.PolicyTrust);
        SignedAssignment? signed = await CallAsync<SignedAssignment?>(nameof(IAgentHub.FetchAssignment), tag, ct);
        if (signed is not null)
        {
            if (signed.Keys is { } keys)
            {
                _keys.Take(keys);
            }

            _assignments.Accept(signed, _identity.Host, _standing.PolicyTrust);
        }
        else if (tag is not null)
        {
            _assignments.Confirmed();
        }

        _keys.StoreOwed();
        _assignments.StoreOwed();
        return signed is not null;
    }

    private Task ReportStateAsync(CancellationToken ct) => CallAsync(
        nameof(IAgentHub.ReportState),
        new StateReport(
            _assignments.GenerationOf(_identity.Host), _assignments.Applied, _host.Claims(), _spool.Count, _assignments.Rejected, Troubles.Of(_spool, _attestations.Spool),
            _time.GetUtcNow(), _standing.PolicyTrust.Number, _assignments.RejectedGeneration),
        ct);

    private void WantState()
    {
        try
        {
            _stateWanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // One report that was not sent yet tells of this change too.
        }
    }

    private async Task<T?> CallAsync<T>(string method, object? argument, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(_options.CallLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await _hub.InvokeCoreAsync<T>(method, [argument], either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new LinkException($"The server did not answer {method} within {_options.CallLimit.TotalSeconds:0} s.");
        }
        catch (JsonException e)
        {
            throw new LinkException($"The server answered {method} with something else: {e.Message}");
        }
    }

    private async Task CallAsync(string method, object argument, CancellationToken ct) => _ = await CallAsync<object?>(method, argument, ct);
}
