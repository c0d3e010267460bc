namespace Fleet.Contracts;

/// <summary>The server's answer to a hello.</summary>
/// <param name="Protocol">Version of the link protocol the server speaks.</param>
/// <param name="WantInventory">True when the server does not have an inventory with that hash.</param>
/// <param name="AcknowledgedSequence">Highest sequence of the agent's epoch that the server has committed; 0 for none.</param>
/// <param name="AssignmentTag">Tag of the host's present assignment; the agent fetches it when it has another.</param>
/// <param name="ServerTime">The server's clock, for measuring the offset.</param>
/// <param name="Refused">Why the server will not talk to this agent; null when it will.</param>
public sealed record HelloReply(
    int Protocol, bool WantInventory, long AcknowledgedSequence, string AssignmentTag, DateTimeOffset ServerTime, string? Refused);
