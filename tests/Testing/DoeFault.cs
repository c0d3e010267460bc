namespace Fleet.Testing;

/// <summary>What a <see cref="DoeDevice"/> does wrong.</summary>
[Flags]
public enum DoeFault
{
    None = 0,

    /// <summary>Busy never clears.</summary>
    BusyForever = 1,

    /// <summary>An abort never completes.</summary>
    DeadAbort = 2,

    /// <summary>Requests vanish: no response and no error, as for a wrong length.</summary>
    SilentDiscard = 4,

    /// <summary>Every request ends in Error.</summary>
    ErrorOnGo = 8,

    /// <summary>The response is about another feature.</summary>
    ForeignResponse = 16,

    /// <summary>Ready drops after three dwords of the response were read.</summary>
    DropReady = 32,

    /// <summary>The function vanishes after three dwords of the response were read.</summary>
    VanishInResponse = 64,

    /// <summary>The function vanishes at Go.</summary>
    VanishAtGo = 128,

    /// <summary>Writes end as on a read-only space.</summary>
    ReadOnly = 256,
}
