using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fleet.Contracts;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Server.Tests;

/// <summary>
/// Agents and servers upgrade apart: agents of the previous protocol, by its frozen messages, and of a later one talk with this server over its real hub.
/// </summary>
public sealed class SkewTests
{
    [Fact]
    public async Task Server_AgentOfThePreviousProtocol_IsServedAsThen()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "previous");
        HubConnection hub = await agent.OpenAsync();

        JsonNode? reply = await AskAsync(hub, nameof(IAgentHub.Hello), Hello(WireMessages.Previous, agent));
        WireMessages.MustFit("HelloReply", reply, "refused", "refusalReason", "retryAfterMilliseconds", "revoked");
        Assert.Null(reply!["refused"]);
        Assert.Equal(0, (long)reply["acknowledgedSequence"]!);
        await hub.InvokeAsync(nameof(IAgentHub.ReportInventory), Inventory(), TestContext.Current.CancellationToken);
        await hub.InvokeAsync(nameof(IAgentHub.ReportState), WireMessages.OfPrevious("StateReport"), TestContext.Current.CancellationToken);
        JsonNode? acknowledged = await AskAsync(hub, nameof(IAgentHub.PushEvents), Batch(agent, 1, 2));
        WireMessages.MustFit("BatchAcknowledgement", acknowledged, "waitMilliseconds");
        Assert.Equal(2, (long)acknowledged!["sequence"]!);
        WireMessages.MustFit("EvidenceAcknowledgement", await AskAsync(hub, nameof(IAgentHub.PushEvidence), WireMessages.OfPrevious("EvidenceReport")));

        // What it said is there to be read by those who speak today's words.
        Assert.Equal([2, 1], (await EventsAsync(server)).Items.Where(e => e.Host == agent.Id && e.Epoch > 0).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Server_HostOfThePreviousProtocolJoins_GetsWhatItReads()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = new(server, "joins");
        JsonObject request = WireMessages.OfPrevious("EnrollRequest");
        request["token"] = TestAgent.Secret(await TestAgent.TokenAsync(server));
        request["certificateRequest"] = agent.SigningRequest();
        request.Remove("previous"); // It joins for the first time.
        using HttpClient client = new(TestAgent.Handler(null)) { BaseAddress = server.Agents };

        HttpResponseMessage response = await client.PostAsJsonAsync(LinkProtocol.EnrollPath, request, TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        WireMessages.MustFit("EnrollReply", await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Server_AgentOfALaterProtocol_IsUnderstoodAsFarAsItCanBe()
    {
        await using TestServer server = new();
        await server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "later");
        HubConnection hub = await agent.OpenAsync();
        JsonObject hello = WireMessages.Later(Hello(LinkProtocol.Version + 7, agent));
        hello["host"]!["mode"] = "paranoid";

        JsonNode? reply = await AskAsync(hub, nameof(IAgentHub.Hello), hello);
        Assert.Equal((null, LinkProtocol.Version), (reply!["refused"], (int)reply["protocol"]!));
        await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync("ReportWeather", new JsonObject { ["rain"] = true }, TestContext.Current.CancellationToken));
        await hub.InvokeAsync(nameof(IAgentHub.ReportInventory), WireMessages.Later(Inventory()), TestContext.Current.CancellationToken);
        JsonObject state = WireMessages.Later(WireMessages.OfPrevious("StateReport"));
        state["claims"]![0]!["onWrite"] = "sing";
        await hub.InvokeAsync(nameof(IAgentHub.ReportState), state, TestContext.Current.CancellationToken);
        JsonObject batch = WireMessages.Later(Batch(agent, 1, 2));
        batch["events"]![0]!["kind"] = "gizmo.spun";
        batch["events"]![1]!["decision"] = "divert";
        batch["events"]![1]!["operation"] = "probe";
        JsonNode? acknowledged = await AskAsync(hub, nameof(IAgentHub.PushEvents), batch);

        Assert.Equal(2, (long)acknowledged!["sequence"]!);
        Assert.Equal(HubConnectionState.Connected, hub.State);
        FleetEvent[] stored = [.. (await EventsAsync(server)).Items.Where(e => e.Host == agent.Id && e.Epoch > 0)];
        Assert.Equal([Decision.Unknown, null], [stored[0].Decision, stored[1].Kind is "gizmo.spun" ? null : stored[1].Decision]);
    }

    private static JsonObject Hello(int protocol, TestAgent agent)
    {
        JsonObject hello = WireMessages.OfPrevious("HelloMessage");
        hello["protocol"] = protocol;
        hello["epoch"] = 7;
        hello["host"]!["name"] = agent.Name;
        hello["identity"] = agent.Id.ToString();
        return hello;
    }

    private static JsonObject Inventory()
    {
        // Frozen examples fill every member and are not all functions that could be: the list is empty here, its shape is tested by the golden files.
        JsonObject inventory = WireMessages.OfPrevious("InventoryReport");
        inventory["functions"] = new JsonArray();
        return inventory;
    }

    private static JsonObject Batch(TestAgent agent, params long[] sequences)
    {
        JsonObject batch = WireMessages.OfPrevious("EventBatch");
        JsonNode example = batch["events"]![0]!;
        batch["epoch"] = 7;
        batch["events"] = new JsonArray([.. sequences.Select(sequence =>
        {
            JsonNode one = example.DeepClone();
            one["host"] = agent.Id.ToString();
            one["epoch"] = 7;
            one["sequence"] = sequence;
            one["count"] = 1;
            return one;
        })]);
        return batch;
    }

    private static Task<JsonNode?> AskAsync(HubConnection hub, string method, JsonObject message) =>
        hub.InvokeAsync<JsonNode?>(method, message, TestContext.Current.CancellationToken);

    private static async Task<Page<FleetEvent>> EventsAsync(TestServer server)
    {
        using HttpClient admin = server.Admin();
        return (await admin.GetFromJsonAsync<Page<FleetEvent>>("/api/v1/events", FleetJson.Options, TestContext.Current.CancellationToken))!;
    }
}
