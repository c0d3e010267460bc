namespace Fleet.Agent.Uplink;

/// <summary>The server and this agent cannot talk; the connection is given up and made again later.</summary>
internal sealed class LinkException(string message, TimeSpan? retryAfter = null) : IOException(message)
{
    /// <summary>When the server wants to be asked again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
