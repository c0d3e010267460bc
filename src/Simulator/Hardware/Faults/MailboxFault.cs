namespace Fleet.Simulator.Hardware.Faults;

/// <summary>What is wrong with a simulated mailbox; <see cref="FaultCatalog"/> says what each does.</summary>
internal enum MailboxFault
{
    None,
    BusyForever,
    NeverAnswers,
    SilentDiscard,
    StrayDword,
    LatchedError,
    AlwaysError,
    SlowAbort,
    AbortNeverCompletes,
    Underflow,
    ForeignResponse,
    StaleResponse,
    Gone,
    GoneMidTransfer,
    UnplugMidExchange,
    RevisionTwoBits,
    WideDiscovery,
    DiscoveryLoop,
}
