using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A server's hub of another version, in plain JSON: the previous one by its frozen messages, or a later one that says more.</summary>
internal sealed class SkewHub(SkewHub.State state) : Hub
{
    public async Task<JsonNode> Hello(JsonNode message)
    {
        state.Hellos.Enqueue(message);
        JsonObject reply = WireMessages.OfPrevious("HelloReply");
        reply["protocol"] = state.Protocol;
        reply["wantInventory"] = true;
        reply["acknowledgedSequence"] = state.Sequences.DefaultIfEmpty(0).Max();
        reply["serverTime"] = TimeProvider.System.GetUtcNow();
        reply.Remove("refused");
        if (state.IsLater)
        {
            await Clients.Caller.SendAsync("Recall", new JsonObject { ["everything"] = true });
            JsonObject job = WireMessages.Later(WireMessages.OfPrevious("AttestationJob"));
            job["id"] = "0123456789abcdef0123456789abcdef";
            job["steps"]![0]!["action"] = "gaze";
            await Clients.Caller.SendAsync(nameof(IAgentClient.Attest), job);
        }

        return Said(reply);
    }

    public void ReportInventory(JsonNode report) => state.Inventories.Enqueue(report);

    public void ReportState(JsonNode report) => state.States.Enqueue(report);

    public JsonNode PushEvents(JsonNode batch)
    {
        foreach (JsonNode? e in batch["events"]!.AsArray())
        {
            state.Sequences.Enqueue((long)e!["sequence"]!);
        }

        JsonObject acknowledgement = WireMessages.OfPrevious("BatchAcknowledgement");
        acknowledgement["epoch"] = (long)batch["epoch"]!;
        acknowledgement["sequence"] = state.Sequences.Max();
        return Said(acknowledgement);
    }

    public JsonNode? FetchAssignment(string? tag) => tag is null ? Said(state.Assignment!.DeepClone().AsObject()) : null;

    public JsonNode PushEvidence(JsonNode report)
    {
        state.Evidence.Enqueue(report);
        return Said(new JsonObject { ["job"] = (string)report["job"]!, ["known"] = true });
    }

    private JsonObject Said(JsonObject message) => state.IsLater ? WireMessages.Later(message) : message;

    /// <summary>What it is and what it heard.</summary>
    internal sealed class State
    {
        public int Protocol { get; set; } = WireMessages.Previous;

        public bool IsLater => Protocol > LinkProtocol.Version;

        public JsonObject? Assignment { get; set; }

        public ConcurrentQueue<JsonNode> Hellos { get; } = new();

        public ConcurrentQueue<JsonNode> Inventories { get; } = new();

        public ConcurrentQueue<JsonNode> States { get; } = new();

        public ConcurrentQueue<JsonNode> Evidence { get; } = new();

        public ConcurrentQueue<long> Sequences { get; } = new();
    }
}
