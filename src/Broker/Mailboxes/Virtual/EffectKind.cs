namespace Fleet.Broker;

/// <summary>What a write to a virtual register asks for.</summary>
internal enum EffectKind
{
    /// <summary>Nothing: the registers took it.</summary>
    None,

    /// <summary>The object is complete: it goes to the real mailbox as one exchange.</summary>
    Go,

    /// <summary>What the caller has under way is to be dropped.</summary>
    Abort,

    /// <summary>Hardware would have dropped this without a sign; somebody should hear of it.</summary>
    Discard,
}
