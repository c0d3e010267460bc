namespace Fleet.Simulator.Load.Link;

/// <summary>The server answered, and the answer was no.</summary>
/// <param name="reason">A short name of the reason, to be counted under.</param>
/// <param name="message">What the server said.</param>
/// <param name="retryAfter">When the server wants the host back; null when it did not say.</param>
internal sealed class RefusedException(string reason, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public string Reason => reason;

    public TimeSpan? RetryAfter => retryAfter;
}
