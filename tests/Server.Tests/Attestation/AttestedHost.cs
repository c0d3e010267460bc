using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Requesting;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Server.Tests.Attestation;

/// <summary>A host whose functions have responders; its agent answers jobs, and may be told to lie.</summary>
internal sealed class AttestedHost : IAsyncDisposable
{
    public static readonly DeviceNames Names = new("SIM:drive:0001", "Vendor=144d:Device=a824:CC=010802:REV=00:SSVID=144d:SSID=a801");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TestServer _server;
    private readonly HttpClient _admin;

    private AttestedHost(TestServer server, TestAgent agent)
    {
        _server = server;
        Agent = agent;
        _admin = server.Admin();
    }

    public TestAgent Agent { get; }

    public HttpClient Admin => _admin;

    /// <summary>Answers of the responder behind each address.</summary>
    public ConcurrentDictionary<PciAddress, ResponderOptions> Devices { get; } = new();

    /// <summary>Every job that came, the latest last.</summary>
    public ConcurrentQueue<AttestationJob> Jobs { get; } = new();

    /// <summary>What becomes of a report before it is sent; null sends none.</summary>
    public Func<EvidenceReport, EvidenceReport?> Tamper { get; set; } = report => report;

    public static PciAddress Address(int bus = 1) => PciAddress.Parse($"0000:{bus:x2}:00.0");

    public FunctionId Function(int bus = 1) => new(Agent.Id, Address(bus));

    public static async Task<AttestedHost> JoinedAsync(TestServer server, string name, ResponderOptions options, bool silent = false)
    {
        TestAgent agent = await TestAgent.JoinedAsync(server, name);
        AttestedHost host = new(server, agent);
        host.Devices[Address()] = options;
        if (silent)
        {
            host.Tamper = _ => null; // Before it connects: the schedule asks at once.
        }

        await host.ConnectAsync();
        return host;
    }

    public async Task ConnectAsync(string boot = "boot", string driver = "nvme")
    {
        await Agent.ConnectAsync(boot: boot, prepare: hub => hub.On<AttestationJob>(nameof(IAgentClient.Attest), AnswerAsync));
        await ReportAsync(driver);
    }

    public Task ReportAsync(string driver = "nvme", DateTimeOffset? resetAt = null) => Agent.Hub.InvokeAsync(
        nameof(IAgentHub.ReportInventory),
        new InventoryReport($"{driver}-{Devices.Count}-{resetAt:O}", [.. Devices.Keys.Order().Select(address => new FunctionFacts
        {
            Address = address,
            VendorId = "144d",
            DeviceId = "a824",
            ClassCode = "010802",
            Revision = "00",
            Subsystem = "144d:a801",
            Driver = driver,
            ResetAt = resetAt,
            ConfigSize = 4096,
            Capabilities = [new CapabilityFacts(0x180, 3, 1, true, "Device Serial Number", 12)],
            Config = [new ConfigRange(0x180, "03000100" + "8877665544332211")],
            Mailboxes = [new MailboxFacts { Offset = 0x148, Owner = "broker", OwnerReason = "Nobody else drives it.", State = "free", Features = ["0001:00", "0001:01"] }],
        })]));

    /// <summary>Attests now and waits for what comes of it; a job that was planned anew is followed.</summary>
    public async Task<AttestationDetail> AttestAsync(int bus = 1)
    {
        HttpResponseMessage response = await _admin.PostAsync($"/api/v1/functions/{Function(bus)}:attest", null);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        AttestationStarted started = (await response.Content.ReadFromJsonAsync<AttestationStarted>(FleetJson.Options))!;
        return await SettledAsync(started.Id);
    }

    public async Task<AttestationDetail> SettledAsync(string id)
    {
        AttestationDetail? detail = null;
        await WaitFor.TrueAsync(async () => (detail = await GetAsync<AttestationDetail>($"attestations/{id}")).Phase is not AttestationPhase.Open, Patience);
        // The row is there a moment before the standing: until then it would be the one under way, and asking anew would answer it again.
        await WaitFor.TrueAsync(async () => (await GetAsync<AttestationView>($"functions/{detail!.Function}/attestation")).Open != id, Patience);
        return detail!;
    }

    /// <summary>Waits for the attestation that the schedule makes by itself at first sight.</summary>
    public async Task<AttestationDetail> FirstAsync(int bus = 1)
    {
        await WaitFor.TrueAsync(async () => (await StandingAsync(bus)) is { Attestation: not null, Open: null }, Patience);
        return await GetAsync<AttestationDetail>($"attestations/{(await StandingAsync(bus)).Attestation}");
    }

    public Task<AttestationView> StandingAsync(int bus = 1) => GetAsync<AttestationView>($"functions/{Function(bus)}/attestation");

    public async Task<T> GetAsync<T>(string path) => (await _admin.GetFromJsonAsync<T>($"/api/v1/{path}", FleetJson.Options))!;

    /// <summary>Puts reference values; answers what that changes.</summary>
    public async Task<ReferencePlan> PutReferencesAsync(string name, string document, bool dryRun = false)
    {
        HttpResponseMessage before = await _admin.GetAsync($"/api/v1/reference-values/{name}");
        using HttpRequestMessage request = new(HttpMethod.Put, $"/api/v1/reference-values/{name}{(dryRun ? "?dryRun=true" : "")}")
        {
            Content = new StringContent(document, Encoding.UTF8, "application/json"),
        };
        if (before.Headers.ETag is { } tag)
        {
            request.Headers.IfMatch.Add(tag);
        }

        HttpResponseMessage response = await _admin.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<ReferencePlan>(FleetJson.Options))!;
    }

    /// <summary>Reference values that trust these anchors, with more members.</summary>
    public static string Document(ResponderOptions options, string more = "") =>
        $$"""{ "selector": "vendor:144d", "anchors": ["{{Convert.ToBase64String(options.Credentials[0].Root)}}"]{{more}} }""";

    /// <summary>Trusts the vendor, attests, records and pins: from here on the device is trusted as it is.</summary>
    public async Task<AttestationDetail> TrustAsync(ResponderOptions options, string more = "", int bus = 1)
    {
        await FirstAsync(bus);
        await PutReferencesAsync("drives", Document(options, more));
        await AttestAsync(bus);
        await PostAsync($"baselines/{Function(bus)}:record");
        await PostAsync($"baselines/{Function(bus)}:pin");
        AttestationDetail detail = await AttestAsync(bus);
        Assert.True(detail.Verdict is AttestationState.Trusted, JsonSerializer.Serialize(detail, FleetJson.Options));
        return detail;
    }

    public async Task PostAsync(string path, object? body = null)
    {
        HttpResponseMessage response = await _admin.PostAsync($"/api/v1/{path}", body is null ? null : JsonContent.Create(body, options: FleetJson.Options));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>What the device answers to a job, as an honest agent reports it.</summary>
    public EvidenceReport Answer(AttestationJob job)
    {
        SpdmResponder responder = new(Devices[job.Function]);
        Requester requester = new(JobWire.Read(job));
        List<EvidenceMessage> messages = [];
        while (requester.Turn is { } turn)
        {
            byte[] response = responder.Answer(turn.Request);
            messages.Add(new EvidenceMessage(EvidenceDirection.Request, false, Convert.ToBase64String(turn.Request.Span), messages.Count));
            messages.Add(new EvidenceMessage(EvidenceDirection.Response, false, Convert.ToBase64String(response), messages.Count));
            requester.Take(response);
        }

        return new EvidenceReport
        {
            Job = job.Id,
            Function = job.Function,
            Mailbox = 0x148,
            Provider = "doe",
            Messages = messages,
            Quiet = true,
            End = requester.End!.Failure is null ? EvidenceEnd.Complete : EvidenceEnd.Refused,
            Started = _server.Time.GetUtcNow(),
        };
    }

    public Task<EvidenceAcknowledgement> PushAsync(EvidenceReport report) => Agent.Hub.InvokeAsync<EvidenceAcknowledgement>(nameof(IAgentHub.PushEvidence), report);

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await Agent.DisposeAsync();
    }

    private async Task AnswerAsync(AttestationJob job)
    {
        Jobs.Enqueue(job);
        if (Tamper(Answer(job)) is { } report)
        {
            await PushAsync(report);
        }
    }
}
