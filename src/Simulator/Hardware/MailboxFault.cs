namespace Fleet.Simulator.Hardware;

/// <summary>What is wrong with a simulated mailbox.</summary>
internal enum MailboxFault
{
    None,

    /// <summary>It takes objects and never answers.</summary>
    NeverAnswers,

    /// <summary>Discovery leads back to an index that was already named.</summary>
    DiscoveryLoop,

    /// <summary>It answers with an object of another feature.</summary>
    ForeignResponse,

    /// <summary>Every object sets Error.</summary>
    AlwaysError,

    /// <summary>Data Object Ready falls in the middle of the response.</summary>
    Underflow,

    /// <summary>It never answers, and an abort never completes.</summary>
    AbortNeverCompletes,

    /// <summary>The function reads all ones after the first object.</summary>
    Gone,
}
