using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>How a request for a turn ended.</summary>
/// <param name="Outcome">Whether it was given.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Waited">How long it took.</param>
/// <param name="Ahead">Who was in the way when it was asked for; null when nobody was.</param>
internal sealed record Turn(TurnOutcome Outcome, TurnRequest Request, TimeSpan Waited, Caller? Ahead)
{
    public bool Granted => Outcome is TurnOutcome.Granted;
}
