using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>One that waits for its turn, or has it. Changed under the queue's lock alone.</summary>
internal sealed class Waiter(TurnRequest request, long number, long since, Caller? ahead)
{
    // A waiting request gains one step of priority in this time: no stream of urgent ones can keep it waiting for ever.
    private static readonly TimeSpan Rise = TimeSpan.FromMilliseconds(250);

    private readonly TaskCompletionSource<TurnOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TurnRequest Request => request;

    /// <summary>Position in order of arrival.</summary>
    public long Number => number;

    public long Since => since;

    public Caller? Ahead => ahead;

    public Task<TurnOutcome> Done => _done.Task;

    public bool Granted { get; private set; }

    /// <summary>Its priority with the steps it gained by waiting.</summary>
    public long Urgency(TimeSpan waited) => (long)request.Priority + (waited.Ticks / Rise.Ticks);

    public void Complete(TurnOutcome outcome)
    {
        Granted = outcome is TurnOutcome.Granted;
        _done.TrySetResult(outcome);
    }
}
