using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization.Metadata;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Host;

/// <summary>The wire side of an agent: a real key, a real certificate, a real connection.</summary>
internal sealed class TestAgent(TestServer server, string name) : IAsyncDisposable
{
    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private X509Certificate2? _certificate;
    private HubConnection? _hub;

    /// <summary>The server that it connects to.</summary>
    public TestServer At { get; set; } = server;

    public HostId Id { get; private set; }

    public string Name => name;

    public string MachineId { get; set; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public HubConnection Hub => _hub!;

    public ECDsa Key => _key;

    public X509Certificate2 Certificate => _certificate!;

    /// <summary>A copy of this agent's disk: the same key, certificate and spool, somewhere else.</summary>
    public TestAgent Clone() => CloneOf(At);

    public TestAgent CloneOf(TestServer where) => new(where, name)
    {
        MachineId = MachineId,
        Id = Id,
        _key = ECDsa.Create(_key.ExportParameters(includePrivateParameters: true)),
        _certificate = X509CertificateLoader.LoadCertificate(_certificate!.RawData).CopyWithPrivateKey(_key),
    };

    public static async Task<string> TokenAsync(TestServer server, int uses = 1, int ttl = 3600)
    {
        using HttpClient admin = server.Admin();
        HttpResponseMessage response = await admin.PostAsJsonAsync("/api/v1/join-tokens", new CreateJoinToken(uses, ttl), FleetJson.Options);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JoinTokenCreated>(FleetJson.Options))!.Token;
    }

    public static async Task<TestAgent> JoinedAsync(TestServer server, string name, string? machineId = null, string? token = null)
    {
        TestAgent agent = machineId is null ? new(server, name) : new(server, name) { MachineId = machineId };
        HttpResponseMessage response = await agent.EnrollAsync(token ?? await TokenAsync(server));
        agent.Take((await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options))!);
        return agent;
    }

    /// <summary>Renews over the link; the certificate that comes back, with its new key.</summary>
    public async Task<X509Certificate2> RenewAsync(ECDsa next)
    {
        CertificateRequest request = new("CN=ignored", next, HashAlgorithmName.SHA256);
        RenewReply reply = await Hub.InvokeAsync<RenewReply>(nameof(IAgentHub.RenewCertificate), new RenewRequest(Convert.ToBase64String(request.CreateSigningRequest())));
        using X509Certificate2 issued = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Certificate));
        return issued.CopyWithPrivateKey(next);
    }

    public async Task<HttpResponseMessage> EnrollAsync(string token, string? signingRequest = null, EnrolledBefore? previous = null)
    {
        using HttpClient client = new(Handler(null)) { BaseAddress = At.Agents };
        return await client.PostAsJsonAsync(
            LinkProtocol.EnrollPath,
            new EnrollRequest(Secret(token), signingRequest ?? SigningRequest(), name, MachineId, false, previous),
            FleetJson.Options);
    }

    public string SigningRequest() => Convert.ToBase64String(new CertificateRequest("CN=ignored", _key, HashAlgorithmName.SHA256).CreateSigningRequest());

    public void Take(EnrollReply reply)
    {
        Id = reply.Host;
        using X509Certificate2 issued = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Certificate));
        _certificate = issued.CopyWithPrivateKey(_key);
    }

    public static string Secret(string token) => token["fleetjoin_".Length..].Split('.')[0];

    /// <summary>Whether the hub's connection has ended.</summary>
    public bool Ended => _hub!.State is HubConnectionState.Disconnected;

    public async Task<HelloReply> ConnectAsync(
        long epoch = 7, X509Certificate2? certificate = null, string inventoryHash = "none", string boot = "boot", Action<HubConnection>? prepare = null, HostId? identity = null,
        int protocol = LinkProtocol.Version)
    {
        await OpenAsync(certificate, prepare);
        return await GreetAsync(Facts() with { BootId = boot }, epoch, inventoryHash, identity, protocol);
    }

    /// <summary>Says hello on the connection that is open.</summary>
    public Task<HelloReply> GreetAsync(HostFacts? facts = null, long epoch = 7, string inventoryHash = "none", HostId? identity = null, int protocol = LinkProtocol.Version) => Hub.InvokeAsync<HelloReply>(
        nameof(IAgentHub.Hello), new HelloMessage(protocol, epoch, facts ?? Facts(), inventoryHash, new Dictionary<string, string>(), identity));

    /// <summary>Connects and says nothing yet.</summary>
    public async Task<HubConnection> OpenAsync(X509Certificate2? certificate = null, Action<HubConnection>? prepare = null)
    {
        _hub = new HubConnectionBuilder()
            .WithUrl(new Uri(At.Agents, LinkProtocol.HubPath), options =>
            {
                options.Transports = HttpTransportType.WebSockets;
                options.SkipNegotiation = true;
                options.WebSocketConfiguration = socket =>
                {
                    socket.ClientCertificates.Add(certificate ?? _certificate!);
                    socket.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
                };
            })
            .AddJsonProtocol(json =>
            {
                FleetJson.Configure(json.PayloadSerializerOptions);
                json.PayloadSerializerOptions.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver()); // for messages in plain JSON
            })
            .Build();
        prepare?.Invoke(_hub);
        await _hub.StartAsync();
        return _hub;
    }

    public Task<BatchAcknowledgement> PushAsync(params FleetEvent[] events) =>
        Hub.InvokeAsync<BatchAcknowledgement>(nameof(IAgentHub.PushEvents), new EventBatch(events[0].Epoch, events));

    public Task ReportFunctionsAsync(string hash, params string[] addresses) => Hub.InvokeAsync(
        nameof(IAgentHub.ReportInventory),
        new InventoryReport(hash, [.. addresses.Select(address => new FunctionFacts
        {
            Address = PciAddress.Parse(address),
            VendorId = "144d",
            DeviceId = "a80a",
            ClassCode = "010802",
            ConfigSize = 4096,
            Config = [new ConfigRange(0, "4d140aa8" + "06041000" + "02080100" + new string('0', 104))],
        })]));

    public FleetEvent Contention(long sequence, long epoch = 7, string comm = "setpci", int offset = 0x150, DateTimeOffset? time = null) => new()
    {
        Host = Id,
        HostName = name,
        Epoch = epoch,
        Sequence = sequence,
        Time = time ?? TimeProvider.System.GetUtcNow(),
        Kind = EventKinds.ContentionAccess,
        Function = PciAddress.Parse("0000:01:00.0"),
        Caller = new Caller { Pid = 42, Comm = comm, Exe = "/usr/bin/setpci", Uid = 0 },
        Operation = AccessOperation.Write,
        Offset = offset,
        Length = 4,
        Decision = Decision.Refuse,
        Claim = new ClaimReference("broker", ClaimSource.Default, 0x148, 16),
        Detail = "A write was refused.",
    };

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }

        _certificate?.Dispose();
        _key.Dispose();
    }

    public static SocketsHttpHandler Handler(X509Certificate2? certificate) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            // Offline: the client too would fetch what a certificate points to.
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
        },
    };

    public HostFacts Facts() => new()
    {
        Name = name,
        MachineId = MachineId,
        BootId = "boot",
        Kernel = "6.1.0",
        Architecture = "x86_64",
        Lockdown = "none",
        AgentVersion = "0.1.0",
        Intercept = "mirror",
        Mode = EnforcementMode.Enforce,
    };
}
