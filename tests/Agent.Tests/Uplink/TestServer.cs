using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization.Metadata;
using Fleet.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A real Kestrel with TLS 1.3 and a real SignalR hub: the agents' port of a server, as far as an agent sees it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app, TestAuthority authority)
    {
        _app = app;
        Authority = authority;
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public TestAuthority Authority { get; }

    public Uri Url { get; }

    /// <summary>What a hub of another version saw.</summary>
    public SkewHub.State Skew => _app.Services.GetRequiredService<SkewHub.State>();

    public State Seen => _app.Services.GetRequiredService<State>();

    public static async Task<TestServer> StartAsync(
        TestAuthority authority, Func<EnrollRequest, IResult>? enroll = null, TestAuthority? certifiedBy = null, bool skewed = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = (certifiedBy ?? authority).IssueServer(),
            SslProtocols = SslProtocols.Tls13,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (_, _, _) => true,
        })));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<State>().AddSingleton<SkewHub.State>();
        builder.Services.ConfigureHttpJsonOptions(json => FleetJson.Configure(json.SerializerOptions));
        builder.Services.AddSignalR(hub => hub.MaximumReceiveMessageSize = LinkProtocol.MaxMessageBytes)
            .AddJsonProtocol(json =>
            {
                FleetJson.Configure(json.PayloadSerializerOptions);
                json.PayloadSerializerOptions.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver()); // for messages in plain JSON
            });
        WebApplication app = builder.Build();
        app.Use(async (http, next) =>
        {
            if (http.Request.Path == LinkProtocol.HubPath && http.RequestServices.GetRequiredService<State>().Door?.Invoke(http.Connection.ClientCertificate!) is { } reason)
            {
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
                http.Response.Headers[LinkProtocol.RefusalHeader] = reason;
                http.Response.Headers[LinkProtocol.RefusalDetailHeader] = Uri.EscapeDataString($"It is {reason}; ask for a token.");
                return;
            }

            await next(http);
        });
        app.MapPost(LinkProtocol.EnrollPath, (EnrollRequest request) => enroll?.Invoke(request) ?? Results.Ok(authority.Enroll(request, new HostId(Guid.CreateVersion7()))));
        app.MapGet(LinkProtocol.EnrollPath, () => Results.Bytes(authority.Certificate.RawDataMemory.ToArray(), "application/pkix-cert"));
        if (skewed)
        {
            app.MapHub<SkewHub>(LinkProtocol.HubPath);
        }
        else
        {
            app.MapHub<AgentHub>(LinkProtocol.HubPath);
        }

        await app.StartAsync();
        return new TestServer(app, authority);
    }

    /// <summary>Sends an attestation to every agent that is connected.</summary>
    public Task AttestAsync(AttestationJob job) => _app.Services.GetRequiredService<IHubContext<AgentHub, IAgentClient>>().Clients.All.Attest(job);

    /// <summary>Asks every agent to renew its certificate at that time.</summary>
    public Task RenewAsync(DateTimeOffset at) => _app.Services.GetRequiredService<IHubContext<AgentHub, IAgentClient>>().Clients.All.RenewCertificate(at);

    /// <summary>Tells every agent what the root has revoked.</summary>
    public Task RevokedAsync(string list) => _app.Services.GetRequiredService<IHubContext<AgentHub, IAgentClient>>().Clients.All.Revoked(list);

    /// <summary>Tells every agent which keys sign policies.</summary>
    public Task PolicyKeysAsync(SignedPolicyKeys keys) => _app.Services.GetRequiredService<IHubContext<AgentHub, IAgentClient>>().Clients.All.PolicyKeys(keys);

    /// <summary>Tells every agent that the server goes.</summary>
    public Task LeaveAsync(int spread) => _app.Services.GetRequiredService<IHubContext<AgentHub, IAgentClient>>().Clients.All.Leave(new LeaveNotice(spread, "maintenance"));

    public string Token(string secret = "s3cret") => $"fleetjoin_{secret}.{Authority.Hash}";

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    /// <summary>What the hub saw and how it shall behave.</summary>
    internal sealed class State
    {
        private int _acknowledgementsToLose;

        public ConcurrentQueue<HelloMessage> Hellos { get; } = new();

        public ConcurrentQueue<InventoryReport> Inventories { get; } = new();

        public ConcurrentQueue<StateReport> States { get; } = new();

        public ConcurrentQueue<EventBatch> Batches { get; } = new();

        public ConcurrentDictionary<long, FleetEvent> Stored { get; } = new();

        public ConcurrentDictionary<string, HubCallerContext> Connections { get; } = new();

        public ConcurrentQueue<string> Subjects { get; } = new();

        public SignedAssignment? Assignment { get; set; }

        /// <summary>What the server does about a state before it answers.</summary>
        public Action<StateReport> Heard { get; set; } = _ => { };

        /// <summary>What hellos are answered with of the keys that sign policies.</summary>
        public SignedPolicyKeys? PolicyKeys { get; set; }

        /// <summary>The tags that assignments were asked for with.</summary>
        public ConcurrentQueue<string?> Fetches { get; } = new();

        public long? PretendAcknowledged { get; set; }

        public ConcurrentQueue<EvidenceReport> Evidence { get; } = new();

        /// <summary>How many reports of evidence are answered by an error, as by a server whose store is full.</summary>
        public int EvidenceToRefuse { get; set; }

        public string? Refuse { get; set; }

        public string? RefusalReason { get; set; }

        public int? RetryAfter { get; set; }

        public int? Spread { get; set; }

        /// <summary>How often a batch is answered by a wait instead of being stored.</summary>
        public int Busy { get; set; }

        /// <summary>The reason by which a certificate is refused at the door; null lets it in.</summary>
        public Func<X509Certificate2, string?>? Door { get; set; }

        public ConcurrentQueue<RenewRequest> Renewals { get; } = new();

        public Func<RenewRequest, RenewReply>? Renew { get; set; }

        public DateTimeOffset? RenewAt { get; set; }

        public int Protocol { get; set; } = LinkProtocol.Version;

        public int AcknowledgementsToLose { get => _acknowledgementsToLose; set => _acknowledgementsToLose = value; }

        public bool LoseOne() => Interlocked.Decrement(ref _acknowledgementsToLose) >= 0;
    }

    internal sealed class AgentHub(State state) : Hub<IAgentClient>, IAgentHub
    {
        public override Task OnConnectedAsync()
        {
            state.Connections[Context.ConnectionId] = Context;
            state.Subjects.Enqueue(Context.GetHttpContext()?.Connection.ClientCertificate?.Subject ?? "");
            return Task.CompletedTask;
        }

        public Task<HelloReply> Hello(HelloMessage message)
        {
            state.Hellos.Enqueue(message);
            bool want = !state.Inventories.Any(i => i.Hash == message.InventoryHash);
            long acknowledged = state.PretendAcknowledged ?? state.Stored.Keys.DefaultIfEmpty(0).Max();
            state.PretendAcknowledged = null;
            return Task.FromResult(new HelloReply(state.Protocol, want, acknowledged, state.Assignment?.Tag ?? "", DateTimeOffset.UtcNow, state.Refuse, state.RetryAfter, state.Spread, state.RenewAt, state.RefusalReason, PolicyKeys: state.PolicyKeys));
        }

        public Task ReportInventory(InventoryReport report)
        {
            state.Inventories.Enqueue(report);
            return Task.CompletedTask;
        }

        public Task ReportState(StateReport report)
        {
            state.Heard(report);
            state.States.Enqueue(report);
            return Task.CompletedTask;
        }

        public Task<BatchAcknowledgement> PushEvents(EventBatch batch)
        {
            state.Batches.Enqueue(batch);
            if (state.Busy-- > 0)
            {
                return Task.FromResult(new BatchAcknowledgement(batch.Epoch, state.Stored.Keys.DefaultIfEmpty(0).Max(), 1));
            }

            foreach (FleetEvent e in batch.Events)
            {
                state.Stored[e.Sequence] = e;
            }

            if (state.LoseOne())
            {
                // Committed, but the connection dies before the acknowledgement is out.
                Context.Abort();
                throw new HubException("lost");
            }

            return Task.FromResult(new BatchAcknowledgement(batch.Epoch, batch.Events[^1].Sequence));
        }

        public Task<SignedAssignment?> FetchAssignment(string? tag)
        {
            state.Fetches.Enqueue(tag);
            return Task.FromResult(state.Assignment?.Tag == tag ? null : state.Assignment);
        }

        public Task<RenewReply> RenewCertificate(RenewRequest request)
        {
            state.Renewals.Enqueue(request);
            return Task.FromResult(state.Renew?.Invoke(request) ?? throw new HubException("no renewal"));
        }

        public Task<EvidenceAcknowledgement> PushEvidence(EvidenceReport report)
        {
            state.Evidence.Enqueue(report);
            if (state.EvidenceToRefuse-- > 0)
            {
                throw new HubException("the disk is full");
            }

            if (state.LoseOne())
            {
                Context.Abort();
                throw new HubException("lost");
            }

            return Task.FromResult(new EvidenceAcknowledgement(report.Job, Known: true));
        }
    }
}
