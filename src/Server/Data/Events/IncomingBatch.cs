using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>Events of one host and epoch on their way into the store. <see cref="Stored"/> ends when they are on disk, with the sequence reached.</summary>
internal sealed record IncomingBatch(HostId Host, string HostName, long Epoch, IReadOnlyList<FleetEvent> Events, DateTimeOffset Arrival)
{
    /// <summary>The epoch of the losses that the store itself notices; it gives their sequence.</summary>
    public const long ServerEpoch = 0;

    /// <summary>The epoch of what the server tells of a host. A sequence is the number of a row of the outbox, which all hosts share: a hole in it is no loss.</summary>
    public const long OutboxEpoch = -1;

    private readonly TaskCompletionSource<long> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (IReadOnlyList<FleetEvent> Of, byte[][] Texts)? _json;

    public Task<long> Stored => _stored.Task;

    /// <summary>When the writer was given it, by the clock that nobody sets.</summary>
    public long Queued { get; set; }

    /// <summary>Writes the events as JSON. Whoever queues a batch does that, so that the one writer need not.</summary>
    public void Encode()
    {
        JsonTypeInfo<FleetEvent> type = FleetJson.Type<FleetEvent>();
        byte[][] texts = new byte[Events.Count][];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = JsonSerializer.SerializeToUtf8Bytes(Events[i], type);
        }

        _json = (Events, texts);
    }

    /// <summary>An event as UTF-8.</summary>
    public ReadOnlySpan<byte> Json(int index)
    {
        if (_json is not { } json || json.Of != Events)
        {
            Encode();
        }

        return _json!.Value.Texts[index];
    }

    public void Succeed(long sequence) => _stored.TrySetResult(sequence);

    public void Fail(Exception error) => _stored.TrySetException(error);
}
