namespace Fleet.Simulator.Spdm;

/// <summary>What is wrong with a simulated responder, on purpose.</summary>
internal enum ResponderFault
{
    None,

    /// <summary>The first of each kind of request is answered Busy.</summary>
    Busy,

    /// <summary>Everything after the negotiation is answered Busy.</summary>
    BusyForever,

    /// <summary>The first of each kind of request after the negotiation is answered ResponseNotReady.</summary>
    NotReady,

    /// <summary>Answers say to have come for the nonce of an earlier request: what is signed is a replay.</summary>
    StaleNonce,

    /// <summary>The chain of slot 0 is given for every slot, and its key signs.</summary>
    SwappedSlot,

    /// <summary>CAPABILITIES come in another version than was asked.</summary>
    WrongVersion,

    /// <summary>The chain ends in the middle of its last certificate.</summary>
    TruncatedChain,

    /// <summary>Every answer after the negotiation is refused as too large.</summary>
    ResponseTooLarge,

    /// <summary>Portions of a chain go on without end.</summary>
    EndlessPortions,

    /// <summary>Portions of a chain are empty.</summary>
    EmptyPortions,

    /// <summary>A large response changes its handle on the way.</summary>
    ChunkHandle,

    /// <summary>The secure version number is one less than it was.</summary>
    SvnRollback,

    /// <summary>Invasive debugging is active.</summary>
    Debug,

    /// <summary>The first measurement of firmware is not what it was.</summary>
    Tampered,

    /// <summary>It says that measurements changed since the last restart.</summary>
    ContentChanged,

    /// <summary>Signatures are spoilt in one bit.</summary>
    BadSignature,

    /// <summary>The key that signs is not the one certified.</summary>
    ForeignKey,

    /// <summary>It measures without signing.</summary>
    Unsigned,

    /// <summary>The first request after the negotiation is answered RequestResynch, once.</summary>
    Resynch,

    /// <summary>The summary in CHALLENGE_AUTH is not that of the measurements given later.</summary>
    WrongSummary,

    /// <summary>It selects an algorithm that was not offered.</summary>
    ForeignAlgorithm,
}
