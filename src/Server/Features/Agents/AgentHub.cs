using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Identity.Agents;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Identity.PolicyKeys;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

/// <summary>One connection of an agent. Who it is comes from its certificate, never from what it sends.</summary>
internal sealed class AgentHub(
    AgentConnections connections,
    HostPresence presence,
    HostDirectory directory,
    AgentReports reports,
    TurnWatch turns,
    EventWriter events,
    IEventStore store,
    IAssignments assignments,
    IAttestations attestations,
    AgentAdmission admission,
    AgentStanding standing,
    CertificateRenewal renewal,
    AgentRefusals refusals,
    PolicyKeyRefusals keyRefusals,
    TimeProvider time,
    ILogger<AgentHub> log) : Hub<IAgentClient>, IAgentHub
{
    private static readonly object ConnectionItem = typeof(AgentConnection);
    private const int GreetingsASecond = 250;
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TroubleWait = TimeSpan.FromSeconds(5);

    private AgentConnection Connection => (AgentConnection)Context.Items[ConnectionItem]!;

    private HostId Host => Connection.Credential.Host;

    private CancellationToken Aborted => Context.ConnectionAborted;

    public override async Task OnConnectedAsync()
    {
        // First in the list, then the look: who is evicted between the two is found by one or the other.
        AgentConnection connection = connections.Open(AgentCredential.Of(Context.User!), Context);
        Context.Items[ConnectionItem] = connection;
        if (standing.Refuse(connection.Credential) is not null)
        {
            Context.Abort();
        }

        await base.OnConnectedAsync();
    }

    public async Task<HelloReply> Hello(HelloMessage message)
    {
        if (Connection.Greeting is not null)
        {
            // Whoever could say it again and again could be ever another host by name, and each name is kept by every server.
            const string Again = "This connection has said hello already. Connect again to say another.";
            log.HelloRefused(Host, Again);
            throw new HubException(Again);
        }

        if (message.Protocol < LinkProtocol.Minimum)
        {
            string refusal = $"This server speaks version {LinkProtocol.Version} of the link protocol and no version below {LinkProtocol.Minimum}; "
                + $"the agent speaks {message.Protocol}. Upgrade the agent.";
            log.HelloRefused(Host, refusal);
            return await ReplyAsync(message, wantInventory: false, "", refusal);
        }

        if (message.Identity is { } said && said != Host)
        {
            string swapped = $"The agent says that it is host {said}, but its certificate is of {Host}: its identity is put together from two. Restore it from one backup, or move it away and join again with a new token.";
            refusals.Record(Refusals.Swapped, Host.ToString(), Context.GetHttpContext()?.Connection.RemoteIpAddress, swapped);
            log.HelloRefused(Host, swapped);
            return await ReplyAsync(message, wantInventory: false, "", swapped) with { RefusalReason = Refusals.Swapped };
        }

        if (message.Epoch <= IncomingBatch.ServerEpoch)
        {
            throw new HubException($"Epoch {message.Epoch} is not above 0.");
        }

        string json = ReportCheck.Check(message);
        try
        {
            return await GreetAsync(message, json);
        }
        catch (Exception error) when (message.Protocol >= LinkProtocol.PacingSince && error is not (OperationCanceledException or HubException))
        {
            // A full disk, a database that restarts: the agent is not to be told of errors, nor to come back at once.
            log.HelloNotStored(Host, error.Message);
            return new HelloReply(
                LinkProtocol.Version, false, 0, "", time.GetUtcNow(), "This server cannot store what it is told now.", (int)TroubleWait.TotalMilliseconds);
        }
    }

    private async Task<HelloReply> GreetAsync(HelloMessage message, string json)
    {
        await RequireAdmissionAsync();
        Greeter greeter = Greeter.Of(message.Host.BootId, Context.GetHttpContext()?.Connection.RemoteIpAddress?.ToString());
        bool occupied = connections.Others(Connection).Any() || presence.IsConnectedElsewhere(Host);
        TurnOutcome turn = await turns.TakeAsync(Host, greeter, occupied, Aborted);
        if (turn is TurnOutcome.Refused)
        {
            const string Twice = "another machine is connected with this host's identity, and the two took turns: one is a copy of the other's disk. "
                + "Delete this agent's identity directory on the copy and let it join with a token of its own.";
            log.HelloRefused(Host, Twice);
            return await ReplyAsync(message, wantInventory: false, "", Twice) with { RetryAfterMilliseconds = (int)TurnWatch.Pause.TotalMilliseconds };
        }

        bool wantInventory = await reports.HelloAsync(Host, message, json);
        presence.Connected(Host, Context.ConnectionId);

        Greeting greeting = new(message.Epoch, message.Protocol);
        Connection.Greeting = greeting;

        // The newest wins: what is left of an older connection is a restart's, or a copy's.
        connections.CutOthers(Connection);
        log.AgentConnected(Host, message.Host.Name, message.Host.AgentVersion);
        if (message.Protocol >= LinkProtocol.AttestationSince)
        {
            foreach (AttestationJob job in await attestations.OpenJobsAsync(Host, Aborted))
            {
                await Clients.Caller.Attest(job);
            }
        }

        HelloReply reply = await ReplyAsync(message, wantInventory, await assignments.TagAsync(Host, Aborted), null);
        greeting.Reached = reply.AcknowledgedSequence;

        // Two machines number events of one epoch: a mark beyond all makes this one begin an epoch of its own, and tell what it may have lost.
        return turn is TurnOutcome.Proven ? reply with { AcknowledgedSequence = long.MaxValue } : reply;
    }

    public Task ReportInventory(InventoryReport report)
    {
        RequireHello();
        return reports.InventoryAsync(Host, report, ReportCheck.Check(report));
    }

    public Task ReportState(StateReport report)
    {
        RequireHello();
        (StateReport fit, string json) = ReportCheck.Check(report);
        keyRefusals.Compare(Host, fit.PolicyKeys);
        return reports.StateAsync(Host, fit, json);
    }

    public async Task<BatchAcknowledgement> PushEvents(EventBatch batch)
    {
        Greeting greeting = RequireHello();
        if (batch.Epoch != greeting.Epoch)
        {
            // The mark that answered the hello was of that epoch: another one begins with a hello of its own.
            string other = $"The batch is of epoch {batch.Epoch}, this connection's hello was of {greeting.Epoch}. Connect again to change it.";
            log.BatchRefused(Host, other);
            throw new HubException(other);
        }

        directory.TryGet(Host, out HostRecord? host);
        if (BatchCheck.Check(batch, Host, host!.Name, out IReadOnlyList<FleetEvent> checkedEvents) is { } refusal)
        {
            log.BatchRefused(Host, refusal);
            throw new HubException(refusal);
        }

        if (greeting.Paced && events.Crowded)
        {
            return Later(greeting, BusyWait);
        }

        try
        {
            greeting.Reached = await events.StoreAsync(new IncomingBatch(Host, host.Name, batch.Epoch, checkedEvents, time.GetUtcNow()), Aborted);
            await keyRefusals.RecordAsync(Host, checkedEvents, Aborted);
            return new BatchAcknowledgement(batch.Epoch, greeting.Reached);
        }
        catch (Exception error) when (greeting.Paced && error is not OperationCanceledException)
        {
            // A full disk or a database that restarts: the writer has said so. Connections that end over it would only come back.
            return Later(greeting, TroubleWait);
        }
    }

    public async Task<SignedAssignment?> FetchAssignment(string? tag)
    {
        Greeting greeting = RequireHello();
        if (tag is not null && tag == await assignments.TagAsync(Host, Aborted))
        {
            return null;
        }

        // What this server remembers may be behind what the agent got from another.
        SignedAssignment wanted = await assignments.GetAsync(Host, greeting.KnowsPolicyKeys, Aborted);
        return wanted.Tag == tag ? null : wanted;
    }

    public async Task<EvidenceAcknowledgement> PushEvidence(EvidenceReport report)
    {
        RequireHello();
        return new EvidenceAcknowledgement(report.Job, await attestations.AcceptAsync(Host, report, Aborted));
    }

    public async Task<RenewReply> RenewCertificate(RenewRequest request)
    {
        RequireHello();
        try
        {
            return await renewal.RenewAsync(Host, Connection.Credential.Serial, request, Aborted);
        }
        catch (AuthorityException error)
        {
            log.RenewalRefused(Host, error.Message);
            throw new HubException(error.Message);
        }
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Closed(Connection);
        presence.Disconnected(Host, Context.ConnectionId);
        log.AgentDisconnected(Host);
        await reports.LeftAsync(Host);
        await base.OnDisconnectedAsync(exception);
    }

    private async Task<HelloReply> ReplyAsync(HelloMessage message, bool wantInventory, string tag, string? refused)
    {
        long reached = await store.MarkOfAsync(Host, message.Epoch, Aborted);
        return new HelloReply(
            LinkProtocol.Version, wantInventory, reached, tag, time.GetUtcNow(), refused, null, SpreadOf(presence.Connections), renewal.RenewAt(Host), Revoked: renewal.Revoked,
            PolicyKeys: message.Protocol >= LinkProtocol.PolicyKeysSince ? assignments.Keys : null);
    }

    // Should this server die, its agents come back no faster than this one or another can greet them.
    private static int SpreadOf(int connections) => Math.Max(1_000, connections * 1_000 / GreetingsASecond);

    // Acknowledges what is known to be stored, which asks no database that may be the very thing that is busy.
    private static BatchAcknowledgement Later(Greeting greeting, TimeSpan wait) => new(greeting.Epoch, greeting.Reached, (int)wait.TotalMilliseconds);

    // What was found at the door may be long past, for a connection that was silent since: a certificate that was renewed meanwhile must not greet.
    private async Task RequireAdmissionAsync()
    {
        AgentJudgement judged = await admission.JudgeAsync(Connection.Credential, Aborted);
        if (judged.Credential is not null)
        {
            return;
        }

        if (judged.Refusal is { } refusal)
        {
            refusals.Record(refusal.Reason, refusal.Subject, Context.GetHttpContext()?.Connection.RemoteIpAddress, refusal.Detail);
            log.HelloRefused(Host, refusal.Detail);
        }

        // It comes again and is told at the door, where an agent reads the reason of a refusal.
        Context.Abort();
        throw new HubException("This host may not come in any more.");
    }

    private Greeting RequireHello()
    {
        if (standing.Refuse(Connection.Credential) is not null)
        {
            throw new HubException("This host may not come in any more.");
        }

        presence.Heard(Host);
        return Connection.Greeting ?? throw new HubException("The first call of a connection is Hello.");
    }
}
