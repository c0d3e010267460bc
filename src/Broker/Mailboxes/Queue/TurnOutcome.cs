namespace Fleet.Broker;

/// <summary>Whether a turn was given.</summary>
internal enum TurnOutcome
{
    /// <summary>It is the caller's until it leaves.</summary>
    Granted,

    /// <summary>The deadline came first.</summary>
    TooLate,

    /// <summary>The mailbox is not there any more.</summary>
    Retired,

    /// <summary>Too many wait already.</summary>
    Full,
}
