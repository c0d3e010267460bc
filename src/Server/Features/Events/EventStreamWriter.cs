using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Features.Events;

/// <summary>The two forms of the stream.</summary>
internal sealed class EventStreamWriter(HttpContext http)
{
    private const string LinesType = "application/x-ndjson";
    private readonly bool _lines = http.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == LinesType);

    public Task BeginAsync(CancellationToken ct)
    {
        http.Response.ContentType = _lines ? LinesType : "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.StartAsync(ct);
    }

    public Task WriteAsync(StoredEvent item, CancellationToken ct)
    {
        string json = JsonSerializer.Serialize(item.Event, FleetJson.Options);
        return PutAsync(_lines ? $"{{\"position\":\"{item.Position}\",\"event\":{json}}}\n" : $"id: {item.Position}\nevent: {item.Event.Kind.ReplaceLineEndings("")}\ndata: {json}\n\n", ct);
    }

    public Task WriteGapAsync(EventPosition from, EventPosition to, string reason, CancellationToken ct)
    {
        string json = JsonSerializer.Serialize(new { from = from.ToString(), to = to.ToString(), reason }, FleetJson.Options);
        return PutAsync(_lines ? $"{{\"gap\":{json}}}\n" : $"event: gap\ndata: {json}\n\n", ct);
    }

    /// <summary>Says how far the reading came where there was no event to say it: who comes back goes on there. In the one form an id without data, which browsers take note of and show nobody.</summary>
    public async Task WritePositionAsync(EventPosition position, CancellationToken ct)
    {
        await PutAsync(_lines ? $"{{\"position\":\"{position}\"}}\n" : $"id: {position}\n\n", ct);
        await FlushAsync(ct);
    }

    public async Task KeepAliveAsync(CancellationToken ct)
    {
        await PutAsync(_lines ? "\n" : ": still here\n\n", ct);
        await FlushAsync(ct);
    }

    public Task FlushAsync(CancellationToken ct) => http.Response.Body.FlushAsync(ct);

    private Task PutAsync(string text, CancellationToken ct) => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), ct).AsTask();
}
