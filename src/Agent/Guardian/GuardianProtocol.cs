namespace Fleet.Agent.Guardian;

/// <summary>
/// What agent and guardian say to each other, a message a line: the first word, then what belongs to it. Both come from one build as a
/// rule; after an upgrade the guardian may be the older one, so words are only ever added.
/// </summary>
internal static class GuardianProtocol
{
    /// <summary>Agent: I am here. Answer: <see cref="Holding"/> with the handles of a mirror without an agent, <see cref="Empty"/> or <see cref="Busy"/>.</summary>
    public const string Hello = "hello";

    public const string Holding = "holding";

    public const string Empty = "empty";

    /// <summary>Another agent is served.</summary>
    public const string Busy = "busy";

    /// <summary>Agent: keep this, with the handles. Answer: <see cref="Done"/>.</summary>
    public const string Keep = "keep";

    /// <summary>Agent or operator: take every mount off and end. Answer: <see cref="Done"/>.</summary>
    public const string End = "end";

    public const string Done = "done";

    /// <summary>The answer to what cannot be read.</summary>
    public const string Unclear = "unclear";

    public static string SocketIn(string runDirectory) => Path.Combine(runDirectory, "guardian.sock");

    public static string LockIn(string runDirectory) => Path.Combine(runDirectory, "guardian.lock");

    public static string Compose(string word, string rest) => $"{word}\n{rest}";

    public static (string Word, string Text) Split(string message)
    {
        int end = message.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? (message, "") : (message[..end], message[(end + 1)..]);
    }
}
