namespace Fleet.Server.Live.News;

/// <summary>What one server tells the others. Names are what travels, in lower case: keep them when the order changes.</summary>
internal enum NewsKind
{
    /// <summary>A kind that this version does not know; whatever it says, reading everything anew includes it.</summary>
    Unknown,

    /// <summary>A host's row changed, came or went. Key: the host.</summary>
    Host,

    /// <summary>A function's standing changed. Key: the function.</summary>
    Device,

    /// <summary>Reference values changed. No key.</summary>
    References,

    /// <summary>Events were stored. No key: readers know how far they are.</summary>
    Events,

    /// <summary>Something that pages show changed. Key: the topic.</summary>
    Topic,

    /// <summary>A host's agent is connected to the server that says so. Key: the host.</summary>
    Here,

    /// <summary>It is not any more. Key: the host.</summary>
    Left,

    /// <summary>A machine said hello with a host's identity to the server that says so. Key: <see cref="Domain.Hosts.Turn"/>.</summary>
    Turn,

    /// <summary>Whoever holds the host's agent sends it its open attestations. Key: the host.</summary>
    Attest,

    /// <summary>Whoever holds the host's agent ends the connection. Key: the host.</summary>
    Cut,

    /// <summary>A link that signs in was used. Key: its hash.</summary>
    SignIn,

    /// <summary>An API token was revoked. Key: the token.</summary>
    Token,

    /// <summary>The server that says so lives, or has just stopped. No key.</summary>
    Servers,

    /// <summary>More changed than there is room to say: read everything anew. No key.</summary>
    Everything,
}
