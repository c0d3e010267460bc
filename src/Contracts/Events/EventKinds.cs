namespace Fleet.Contracts;

/// <summary>The kinds of event, as they appear in the API, in filters and in metrics. A reader must accept kinds it does not know.</summary>
public static class EventKinds
{
    /// <summary>An access was refused (or would have been), answered otherwise, or waited more than 10 ms.</summary>
    public const string ContentionAccess = "contention.access";

    /// <summary>An agent was killed while a write was under way: whether it reached the function is not known.</summary>
    public const string AccessUnknown = "access.unknown";

    /// <summary>An exchange waited for another.</summary>
    public const string ContentionExchange = "contention.exchange";

    /// <summary>An access reached claimed bytes around the broker; a sensor saw it.</summary>
    public const string ContentionBypass = "contention.bypass";

    /// <summary>A mailbox stalled, or answered what nobody asked.</summary>
    public const string MailboxFault = "mailbox.fault";

    /// <summary>A mailbox changed owner or health.</summary>
    public const string MailboxState = "mailbox.state";

    /// <summary>A caller got a hold on a device's stateful features.</summary>
    public const string HoldGranted = "hold.granted";

    /// <summary>A hold ended as it should: its holder was done, fell idle, or ended.</summary>
    public const string HoldEnded = "hold.ended";

    /// <summary>A hold was taken away: it lasted too long, or somebody with the right ended it.</summary>
    public const string HoldRevoked = "hold.revoked";

    /// <summary>A caller got a claim.</summary>
    public const string ClaimGranted = "claim.granted";

    /// <summary>A claim was asked for and refused.</summary>
    public const string ClaimRefused = "claim.refused";

    /// <summary>A holder gave a claim back.</summary>
    public const string ClaimReleased = "claim.released";

    /// <summary>A claim reached its end.</summary>
    public const string ClaimExpired = "claim.expired";

    /// <summary>Break-glass: some callers may pass in spite of claims, until it ends.</summary>
    public const string LeaseGranted = "lease.granted";

    /// <summary>A lease ended, and how often it was used.</summary>
    public const string LeaseEnded = "lease.ended";

    /// <summary>Functions appeared, went, or changed.</summary>
    public const string InventoryChanged = "inventory.changed";

    /// <summary>The agent put a set of policies in force.</summary>
    public const string PolicyApplied = "policy.applied";

    /// <summary>The agent refused a set of policies (bad signature, or a document it cannot compile).</summary>
    public const string PolicyRejected = "policy.rejected";

    /// <summary>The agent refused a set of policies because the key that signed it is not one that the server's root lists: retired, or a stranger's.</summary>
    public const string PolicyKeyRefused = "policy.key-refused";

    /// <summary>Evidence of a function failed a check.</summary>
    public const string AttestationFailed = "attestation.failed";

    /// <summary>What a function's evidence comes to changed; it did not fail.</summary>
    public const string AttestationVerdict = "attestation.verdict";

    /// <summary>A host joined, went silent, came back.</summary>
    public const string HostState = "host.state";

    /// <summary>Events were lost or merged: how many, and why.</summary>
    public const string AgentLoss = "agent.loss";

    /// <summary>Every kind this version emits, in the order they are documented.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        ContentionAccess, ContentionExchange, ContentionBypass, AccessUnknown, MailboxFault, MailboxState, HoldGranted, HoldEnded, HoldRevoked,
        ClaimGranted, ClaimRefused, ClaimReleased, ClaimExpired, LeaseGranted, LeaseEnded, InventoryChanged, PolicyApplied, PolicyRejected, PolicyKeyRefused, AttestationFailed, AttestationVerdict, HostState, AgentLoss,
    ];
}
