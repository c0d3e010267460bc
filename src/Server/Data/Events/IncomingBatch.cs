using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>Events of one host and epoch on their way into the store. <see cref="Stored"/> ends when they are on disk, with the sequence reached.</summary>
internal sealed record IncomingBatch(HostId Host, string HostName, long Epoch, IReadOnlyList<FleetEvent> Events, DateTimeOffset Arrival)
{
    /// <summary>The epoch of events that the server itself makes about a host; their sequence is given by the writer.</summary>
    public const long ServerEpoch = 0;

    private readonly TaskCompletionSource<long> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<long> Stored => _stored.Task;

    public void Succeed(long sequence) => _stored.TrySetResult(sequence);

    public void Fail(Exception error) => _stored.TrySetException(error);
}
