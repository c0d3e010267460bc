namespace Fleet.Broker;

/// <summary>What was held for a time.</summary>
public enum IntervalKind
{
    /// <summary>A local claim.</summary>
    Claim,

    /// <summary>A break-glass lease.</summary>
    Lease,

    /// <summary>A hold on a device's mailboxes.</summary>
    Hold,
}
