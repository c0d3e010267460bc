namespace Fleet.Broker;

/// <summary>What a request is to the conversations that a device remembers (SPDM, DSP0274).</summary>
internal enum Conversation
{
    /// <summary>Nothing: discovery, CDAT and what vendors define stand alone.</summary>
    None,

    /// <summary>It begins one: GET_VERSION resets what the responder knew of its requester.</summary>
    Opens,

    /// <summary>It goes on with one.</summary>
    Continues,

    /// <summary>It ends one: END_SESSION in the clear. Within a secured session it cannot be seen from outside.</summary>
    Closes,
}
