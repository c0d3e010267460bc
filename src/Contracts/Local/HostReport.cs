namespace Fleet.Contracts;

/// <summary>How an agent stands on its host: what works, what does not and why, and the ways around it.</summary>
/// <param name="State">The agent and its host, with the reports of its sensors.</param>
/// <param name="Lost">What sensors lost since the start because they could not keep up, by sensor; those that lost nothing are left out.</param>
/// <param name="Mailboxes">Each mailbox with its owner and why.</param>
/// <param name="Bypasses">The ways around the broker, looked for when asked.</param>
public sealed record HostReport(
    LocalState State, IReadOnlyDictionary<string, long> Lost, IReadOnlyList<MailboxStanding> Mailboxes, IReadOnlyList<BypassPath> Bypasses);
