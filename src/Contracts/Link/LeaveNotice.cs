namespace Fleet.Contracts;

/// <summary>A server that goes, or sends agents elsewhere, tells them when to come back.</summary>
/// <param name="SpreadMilliseconds">The agent comes back at a random moment within this time, at another server if it knows one.</param>
/// <param name="Reason">Why, one sentence for the agent's log.</param>
public sealed record LeaveNotice(int SpreadMilliseconds, string? Reason);
