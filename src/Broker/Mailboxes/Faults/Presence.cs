namespace Fleet.Broker;

/// <summary>How many writes past the queue a mailbox had seen when an exchange began, and when that was.</summary>
internal readonly record struct Presence(long Foreign, long Since);
