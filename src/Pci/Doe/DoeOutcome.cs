namespace Fleet.Pci.Doe;

/// <summary>How an exchange ended.</summary>
/// <param name="Failure">Why it failed; null when it succeeded.</param>
/// <param name="Payload">The response without its two header dwords, a multiple of 4 bytes; empty after a failure.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Detail">One sentence for people, with the values met.</param>
public sealed record DoeOutcome(DoeFailure? Failure, byte[] Payload, TimeSpan Elapsed, string Detail)
{
    /// <summary>True when <see cref="Payload"/> is the response.</summary>
    public bool Succeeded => Failure is null;

    /// <summary>
    /// True when somebody was seen writing into the mailbox meanwhile. The response fits the request's feature and length, and may
    /// be another's all the same: nothing in a data object says whom it answers.
    /// </summary>
    public bool Disturbed { get; init; }
}
