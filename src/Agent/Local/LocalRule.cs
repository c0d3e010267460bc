namespace Fleet.Agent.Local;

/// <summary>Who may call a route of the local API. A route without a rule refuses everybody.</summary>
internal enum LocalRule
{
    /// <summary>Root, and the user the agent itself runs as.</summary>
    Root,

    /// <summary>Everybody for what is their own (a claim of their process); root for everything.</summary>
    Own,

    /// <summary>Everybody who can open the socket: it only tells, and tells nothing that the kernel keeps from them.</summary>
    Everybody,
}
